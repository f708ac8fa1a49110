// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Security.Cryptography;
using Cagent.Grpc.Server;
using Microsoft.Extensions.Logging;

namespace Cagent.Grpc.Tls;

/// <summary>
/// Something parsed from files that are looked at again and again; what does not parse leaves the old in place.
/// It reads instead of waiting for notifications: those are lost on network mounts and follow a swapped symbolic link to the wrong file.
/// </summary>
internal sealed class ReloadingFiles<T> : IDisposable
    where T : class
{
    // Keys, chains and bundles are far smaller; the bound keeps a wrong path from filling the memory.
    private const int MaxFileSize = 4 * 1024 * 1024;

    private readonly string _what;
    private readonly ImmutableArray<string> _paths;
    private readonly Func<byte[][], T> _parse;
    private readonly ILogger _logger;
    private readonly TlsMetrics _metrics = new();
    private readonly ITimer _timer;

    // Serialises loading. The fingerprints are guarded by it; the contents are not kept, because a key is among them.
    private readonly Lock _lock = new();
    private byte[] _loaded;
    private byte[]? _refused;
    private bool _isRefusalReported;

    private volatile T _current;

    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="CryptographicException">The files hold nothing usable.</exception>
    public ReloadingFiles(string what, ImmutableArray<string> paths, Func<byte[][], T> parse, TimeSpan interval, ILogger logger, TimeProvider time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(interval, TimeSpan.Zero);
        _what = what;
        _paths = paths;
        _parse = parse;
        _logger = logger;
        byte[][] contents = [.. paths.Select(Read)];
        _loaded = Fingerprint(contents);
        _current = ParseAndForget(contents);
        GrpcLog.TlsLoaded(logger, what, paths[0]);
        _timer = time.CreateTimer(static state => ((ReloadingFiles<T>)state!).TryLoad(isSettled: false), this, interval, interval);
    }

    public T Current => _current;

    /// <summary>Looks at the files now. True when what they hold is in use.</summary>
    public bool TryReload() => TryLoad(isSettled: true);

    public void Dispose()
    {
        _timer.Dispose();
        _metrics.Dispose();
    }

    private bool TryLoad(bool isSettled)
    {
        lock (_lock)
        {
            byte[] fingerprint = [];
            try
            {
                byte[][] contents = [.. _paths.Select(Read)];
                fingerprint = Fingerprint(contents);
                if (fingerprint.AsSpan().SequenceEqual(_loaded))
                {
                    _refused = null;
                    return true;
                }

                // What was refused once may have become valid: a certificate's time may begin later.
                _current = ParseAndForget(contents);
                _loaded = fingerprint;
                _refused = null;
                _metrics.Reloaded();
                GrpcLog.TlsLoaded(_logger, _what, _paths[0]);
                return true;
            }
            catch (Exception e)
            {
                // Any exception: this may be a timer's thread, where an exception would end the process.
                Refuse(fingerprint, e, isSettled);
                return false;
            }
        }
    }

    /// <summary>
    /// Reports broken files once. A timer's look reports them only when it finds them a second time:
    /// a pair that is written in two steps does not match in between.
    /// </summary>
    private void Refuse(byte[] fingerprint, Exception cause, bool isSettled)
    {
        bool isKnown = _refused is not null && fingerprint.AsSpan().SequenceEqual(_refused);
        if (!isKnown)
        {
            _refused = fingerprint;
            _isRefusalReported = false;
        }

        if (!_isRefusalReported && (isKnown || isSettled))
        {
            _isRefusalReported = true;
            _metrics.Refused();
            GrpcLog.TlsRefused(_logger, cause, _what, _paths[0]);
        }
    }

    private T ParseAndForget(byte[][] contents)
    {
        try
        {
            return _parse(contents);
        }
        finally
        {
            foreach (byte[] content in contents)
            {
                CryptographicOperations.ZeroMemory(content);
            }
        }
    }

    private static byte[] Read(string path)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        if (file.Length > MaxFileSize)
        {
            throw new IOException($"{path} is larger than {MaxFileSize} bytes.");
        }

        byte[] content = new byte[file.Length];
        int length = file.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
        return length == content.Length ? content : content[..length];
    }

    private static byte[] Fingerprint(byte[][] contents)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (byte[] content in contents)
        {
            hash.AppendData(SHA256.HashData(content));
        }

        return hash.GetHashAndReset();
    }
}
