// SPDX-License-Identifier: Apache-2.0
using Cagent.TestKit.Http;

namespace Cagent.TestKit.Clients;

/// <summary>Long downloads of <c>/bytes/N</c>.</summary>
public static class DownloadExtensions
{
    private const int BufferLength = 64 * 1024;

    /// <summary>
    /// Downloads and checks the content, no faster than <paramref name="bytesPerSecond"/> (null: as fast as it comes), so that it can outlast other events.
    /// Reports each buffer's running total. A bad status or a cut is in the result, not an exception; cancelling throws.
    /// </summary>
    public static async Task<DownloadResult> DownloadAsync(
        this HttpClient client,
        Uri address,
        long? bytesPerSecond = null,
        Action<long>? onProgress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(client);
        long start = TimeProvider.System.GetTimestamp();
        long length = 0;
        bool isIntact = true;
        string? error = null;
        try
        {
            using HttpResponseMessage response = await client.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            response.EnsureSuccessStatusCode();
            await using Stream body = await response.Content.ReadAsStreamAsync(cancellationToken);
            byte[] buffer = new byte[BufferLength];
            int read;
            while ((read = await body.ReadAsync(buffer, cancellationToken)) > 0)
            {
                isIntact &= Pattern.IsAt(length, buffer.AsSpan(0, read));
                length += read;
                onProgress?.Invoke(length);
                await PaceAsync(start, length, bytesPerSecond, cancellationToken);
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            error = e.Message;
        }

        return new DownloadResult(length, isIntact, error, TimeProvider.System.GetElapsedTime(start));
    }

    private static async Task PaceAsync(long start, long length, long? bytesPerSecond, CancellationToken cancellationToken)
    {
        if (bytesPerSecond is not { } rate)
        {
            return;
        }

        TimeSpan early = TimeSpan.FromSeconds((double)length / rate) - TimeProvider.System.GetElapsedTime(start);
        if (early > TimeSpan.FromMilliseconds(1))
        {
            await Task.Delay(early, TimeProvider.System, cancellationToken);
        }
    }
}
