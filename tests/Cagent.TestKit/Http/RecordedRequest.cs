// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Collections.Immutable;
using System.Text;

namespace Cagent.TestKit.Http;

/// <summary>A request as it reached an upstream. Recorded when its head arrives; the body's members grow while it is read. Thread safe.</summary>
public sealed class RecordedRequest
{
    /// <summary>How much of a body <see cref="BodyStart"/> keeps, in bytes.</summary>
    public const int MaxBodyStart = 16 * 1024;
    private readonly Lock _lock = new();
    private readonly ArrayBufferWriter<byte> _bodyStart = new();
    private long _bodyLength;
    private volatile bool _isComplete;

    /// <summary>The method token.</summary>
    public required string Method { get; init; }

    /// <summary>The path exactly as it came, without the query: neither decoded nor normalised.</summary>
    public required string Path { get; init; }

    /// <summary>The query with its <c>?</c>, or empty.</summary>
    public required string Query { get; init; }

    /// <summary>The <c>Host</c> header or <c>:authority</c>.</summary>
    public required string Host { get; init; }

    /// <summary><c>HTTP/1.1</c> or <c>HTTP/2</c>.</summary>
    public required string Protocol { get; init; }

    /// <summary>All header fields with all their values in order; names compare without case.</summary>
    public required ImmutableSortedDictionary<string, ImmutableArray<string>> Headers { get; init; }

    /// <summary>Names the TCP connection; equal for requests of one connection.</summary>
    public required string ConnectionId { get; init; }

    /// <summary>The TLS server name, or null: plain HTTP, or a ClientHello without one.</summary>
    public string? ServerName { get; init; }

    /// <summary>When the head arrived.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Body bytes read so far.</summary>
    public long BodyLength => Interlocked.Read(ref _bodyLength);

    /// <summary>True once the whole body has been read.</summary>
    public bool IsComplete => _isComplete;

    /// <summary>The first 16 KiB of the body, one character for each byte.</summary>
    public string BodyStart
    {
        get
        {
            lock (_lock)
            {
                return Encoding.Latin1.GetString(_bodyStart.WrittenSpan);
            }
        }
    }

    /// <summary>The values of a header field joined by a comma, or null when it is absent.</summary>
    public string? Header(string name) => Headers.TryGetValue(name, out ImmutableArray<string> values) ? string.Join(",", values) : null;

    /// <summary>Method and path.</summary>
    public override string ToString() => $"{Method} {Host}{Path}";

    internal void AddBody(ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
        {
            int room = MaxBodyStart - _bodyStart.WrittenCount;
            _bodyStart.Write(bytes[..Math.Min(room, bytes.Length)]);
        }

        Interlocked.Add(ref _bodyLength, bytes.Length);
    }

    internal void Complete() => _isComplete = true;
}
