// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;

namespace Cagent.ControlPlane.PolicySource;

/// <summary>Reads one whole file, bounded, and twice: two equal readings in a row are not a torn one. Stateless and thread safe.</summary>
public sealed class PolicyFileReader
{
    private const int MaxAttempts = 5;
    private static readonly TimeSpan BetweenReadings = TimeSpan.FromMilliseconds(5);

    private readonly int _maxBytes;
    private readonly TimeProvider _time;

    /// <summary>A reader that refuses files of more than <paramref name="maxBytes"/> bytes.</summary>
    public PolicyFileReader(int maxBytes, TimeProvider time)
    {
        _maxBytes = maxBytes;
        _time = time;
    }

    /// <summary>Reads until two readings agree. A missing or unreadable file is a reading with a problem, never an exception.</summary>
    public async Task<PolicyFileReading> ReadAsync(string path, CancellationToken cancellationToken)
    {
        PolicyFileReading last = await ReadOnceAsync(path, cancellationToken).ConfigureAwait(false);
        for (int attempt = 1; attempt < MaxAttempts; attempt++)
        {
            await Task.Delay(BetweenReadings, _time, cancellationToken).ConfigureAwait(false);
            PolicyFileReading next = await ReadOnceAsync(path, cancellationToken).ConfigureAwait(false);
            if (next.Equals(last))
            {
                return next;
            }
            last = next;
        }
        return Unavailable(path, "the file changes faster than it can be read");
    }

    private async Task<PolicyFileReading> ReadOnceAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, useAsync: true);
            await using (file.ConfigureAwait(false))
            {
                // The length is only a hint: a growing file and /dev/zero have none. One byte more than allowed proves the excess.
                long hint = file.CanSeek ? file.Length : 0;
                byte[] buffer = new byte[Math.Min(hint, _maxBytes) + 1];
                int length = 0;
                int count;
                while ((count = await file.ReadAsync(buffer.AsMemory(length), cancellationToken).ConfigureAwait(false)) > 0)
                {
                    length += count;
                    if (length > _maxBytes)
                    {
                        return Unavailable(path, string.Create(
                            CultureInfo.InvariantCulture, $"the file is larger than {_maxBytes} bytes"));
                    }
                    if (length == buffer.Length)
                    {
                        Array.Resize(ref buffer, Math.Min(buffer.Length * 2, _maxBytes + 1));
                    }
                }
                ImmutableArray<byte> content = [.. buffer.AsSpan(0, length)];
                return new PolicyFileReading(path, content, Convert.ToHexStringLower(SHA256.HashData(content.AsSpan())), null);
            }
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return Unavailable(path, "the file does not exist");
        }
        catch (UnauthorizedAccessException)
        {
            return Unavailable(path, Directory.Exists(path) ? "it is a folder, not a file" : "permission denied");
        }
        catch (IOException e)
        {
            return Unavailable(path, e.Message);
        }
    }

    private static PolicyFileReading Unavailable(string path, string problem) => new(path, [], "", problem);
}
