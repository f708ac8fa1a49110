// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Net;
using System.Text;

namespace Cagent.TestKit.Tcp;

/// <summary>One connection that a canary has seen. Thread safe.</summary>
public sealed class CanaryConnection
{
    /// <summary>How many bytes of a connection are kept.</summary>
    public const int MaxBytes = 256 * 1024;
    private readonly Lock _lock = new();
    private readonly ArrayBufferWriter<byte> _bytes = new();
    private long _byteCount;
    private volatile bool _isClosed;
    private volatile string? _serverName;

    internal CanaryConnection(IPEndPoint remote) => Remote = remote;

    /// <summary>Who connected.</summary>
    public IPEndPoint Remote { get; }

    /// <summary>When the connection was accepted.</summary>
    public DateTimeOffset Time { get; } = TimeProvider.System.GetUtcNow();

    /// <summary>The server name of the ClientHello, for a canary with a certificate.</summary>
    public string? ServerName
    {
        get => _serverName;
        internal set => _serverName = value;
    }

    /// <summary>Bytes received, kept or not.</summary>
    public long ByteCount => Interlocked.Read(ref _byteCount);

    /// <summary>True once the connection has ended, by whichever side.</summary>
    public bool IsClosed => _isClosed;

    /// <summary>The first bytes received.</summary>
    public byte[] Bytes
    {
        get
        {
            lock (_lock)
            {
                return _bytes.WrittenSpan.ToArray();
            }
        }
    }

    /// <summary>The same, one character for each byte.</summary>
    public string Text => Encoding.Latin1.GetString(Bytes);

    internal void Add(ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
        {
            _bytes.Write(bytes[..Math.Min(MaxBytes - _bytes.WrittenCount, bytes.Length)]);
        }

        Interlocked.Add(ref _byteCount, bytes.Length);
    }

    internal void Close() => _isClosed = true;
}
