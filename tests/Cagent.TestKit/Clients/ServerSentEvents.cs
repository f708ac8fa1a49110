// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace Cagent.TestKit.Clients;

/// <summary>An open stream of server-sent events. Not thread safe.</summary>
public sealed class ServerSentEvents : IDisposable
{
    private readonly HttpResponseMessage _response;
    private readonly StreamReader _reader;

    internal ServerSentEvents(HttpResponseMessage response, Stream body)
    {
        _response = response;
        _reader = new StreamReader(body, Encoding.UTF8);
    }

    /// <summary>The <c>data</c> of the next event; null when the stream has ended in order. A cut is an <see cref="IOException"/>.</summary>
    public async Task<string?> ReadAsync(CancellationToken cancellationToken = default)
    {
        StringBuilder data = new();
        while (await _reader.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.Length == 0 && data.Length > 0)
            {
                return data.ToString();
            }

            if (line.StartsWith("data:", StringComparison.Ordinal))
            {
                data.Append(data.Length > 0 ? "\n" : "").Append(line["data:".Length..].TrimStart(' '));
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _reader.Dispose();
        _response.Dispose();
    }
}
