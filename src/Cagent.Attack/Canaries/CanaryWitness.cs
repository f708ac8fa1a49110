// SPDX-License-Identifier: Apache-2.0
using System.Net.Sockets;
using Cagent.Attack.Client;

namespace Cagent.Attack.Canaries;

/// <summary>Asks a canary what it has seen: at its control address, past the proxy, or in the file that it writes. Thread safe.</summary>
public sealed class CanaryWitness
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);
    private readonly AttackUrl? _url;
    private readonly string? _file;

    private CanaryWitness(AttackUrl? url, string? file)
    {
        _url = url;
        _file = file;
    }

    /// <summary>The witness at <c>http://HOST:PORT/seen</c>, or in a file.</summary>
    public static bool TryCreate(string text, out CanaryWitness? witness, out string? problem)
    {
        ArgumentNullException.ThrowIfNull(text);
        witness = null;
        problem = null;
        if (!text.StartsWith("http://", StringComparison.Ordinal))
        {
            witness = new CanaryWitness(null, text.StartsWith("file://", StringComparison.Ordinal) ? text["file://".Length..] : text);
            return true;
        }

        if (!AttackUrl.TryParse(text, out AttackUrl? url, out problem))
        {
            return false;
        }

        witness = new CanaryWitness(url.Path == "/" ? url with { Path = "/seen" } : url, null);
        return true;
    }

    /// <summary>What the canary has seen, or why it cannot be asked.</summary>
    public async Task<(CanarySightings? Seen, string? Problem)> AskAsync(CancellationToken cancellationToken)
    {
        try
        {
            string text = _file is not null ? await File.ReadAllTextAsync(_file, cancellationToken).ConfigureAwait(false) : await GetAsync(cancellationToken).ConfigureAwait(false);
            return CanarySightings.TryParse(text, out CanarySightings? seen) ? (seen, null) : (null, $"what {this} holds is not what a canary says");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or SocketException)
        {
            return (null, $"{this}: {exception.Message}");
        }
    }

    /// <inheritdoc/>
    public override string ToString() => _file ?? $"http://{_url}";

    private async Task<string> GetAsync(CancellationToken cancellationToken)
    {
        if (!ProxyAddress.TryParse("http://" + _url!.Target, out ProxyAddress? address, out string? problem))
        {
            throw new IOException(problem);
        }

        Answer answer = await new ProxyClient(address, [], Limit, new ReceivedBytes(null))
            .AskAsync($"GET {_url.Path} HTTP/1.1\r\nhost: {_url.Target}\r\nconnection: close\r\n\r\n", cancellationToken).ConfigureAwait(false);
        return answer is { Kind: AnswerKind.Http, Status: 200 } ? System.Text.Encoding.UTF8.GetString(answer.Body.Span) : throw new IOException(answer.Shown);
    }
}
