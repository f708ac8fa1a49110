// SPDX-License-Identifier: Apache-2.0
using Cagent.Attack.Client;

namespace Cagent.Attack;

/// <summary>What nearly every row does.</summary>
internal static class TrialExtensions
{
    /// <summary>Sends a CONNECT for each target, in exact bytes.</summary>
    public static async Task ConnectAsync(this AttackTrial trial, IEnumerable<string> targets, Expectation expected, CancellationToken cancellationToken)
    {
        foreach (string target in trial.Some(targets))
        {
            trial.Expect($"CONNECT {target}", expected, await trial.Proxy.ConnectAsync(target, trial.Proxy.IdentityLine, cancellationToken).ConfigureAwait(false));
        }
    }

    /// <summary>Sends a request in absolute form to the proxy's own door.</summary>
    public static async Task AskPlainAsync(this AttackTrial trial, string method, string url, Expectation expected, CancellationToken cancellationToken, string lines = "")
    {
        string authority = url[(url.IndexOf("//", StringComparison.Ordinal) + 2)..].Split('/')[0];
        trial.Expect($"{method} {url}{Lines(lines)}", expected, await trial.Proxy.AskAsync(
            $"{method} {url} HTTP/1.1\r\nhost: {authority}\r\n{trial.Proxy.IdentityLine}{lines}\r\n", cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Sends a ClientHello with these server names into a tunnel.</summary>
    public static async Task GreetAsync(this AttackTrial trial, AttackUrl tunnel, Expectation expected, CancellationToken cancellationToken, params string[] serverNames) =>
        trial.Expect($"CONNECT {tunnel.Target}, server name {(serverNames.Length == 0 ? "none" : string.Join(" and ", serverNames.Select(name => $"\"{name}\"")))}",
            expected, await trial.Proxy.GreetAsync(tunnel.Target, ClientHello.Of(serverNames), cancellationToken).ConfigureAwait(false));

    /// <summary>Sends one request in exact bytes in a tunnel of its own.</summary>
    public static async Task<Answer> AskInsideAsync(this AttackTrial trial, AttackUrl tunnel, string request, CancellationToken cancellationToken, bool toEnd = false)
    {
        WireConnection connection = await trial.Proxy.OpenTlsAsync(tunnel.Host, tunnel.Port, cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            return await ProxyClient.ExchangeAsync(connection, request, toEnd ? HttpAnswers.ReadToEndAsync : HttpAnswers.ReadAsync, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Sends one request for each path in a tunnel, one after the other on one connection.</summary>
    public static async Task AskPathsAsync(this AttackTrial trial, AttackUrl tunnel, IEnumerable<string> paths, Expectation expected, CancellationToken cancellationToken)
    {
        foreach (string path in trial.Some(paths))
        {
            trial.Expect($"GET {path}", expected, await trial.AskInsideAsync(tunnel, Request(tunnel, "GET", path), cancellationToken).ConfigureAwait(false));
        }
    }

    /// <summary>A request as text.</summary>
    public static string Request(AttackUrl tunnel, string method, string? path = null, string lines = "", string body = "") =>
        $"{method} {path ?? tunnel.Path} HTTP/1.1\r\nhost: {tunnel.Target}\r\n{lines}\r\n{body}";

    // The lines of a header, for the evidence.
    private static string Lines(string lines) => lines.Length == 0 ? "" : " with " + lines.TrimEnd();
}
