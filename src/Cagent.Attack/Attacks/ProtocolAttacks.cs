// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Attack.Client;

namespace Cagent.Attack.Attacks;

/// <summary>Group B: only what is inspected may pass, and only what the entry names may be spoken.</summary>
internal static class ProtocolAttacks
{
    private const string Marker = "forged-by-cagent-attack";

    /// <summary>What only a proxy may say, and what an upstream could take for the proxy's word.</summary>
    private static readonly ImmutableArray<string> Forged =
    [
        "x-envoy-upstream-rq-timeout-ms", "x-envoy-max-retries", "x-envoy-retry-on", "x-envoy-original-path", "x-envoy-original-dst-host", "x-envoy-external-address", "x-envoy-internal",
        "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-forwarded-client-cert", "forwarded", "x-cagent-agent", "x-cagent-source", "x-cagent-tunnel", "x-cagent-denied", "x-cagent-cut",
        "x-http-method-override", "x-original-url", "x-rewrite-url",
    ];

    public static ImmutableArray<AttackRow> Rows { get; } =
    [
        new("B1", "CONNECT to bare public addresses", AddressesAsync),
        new("B2", "an allowed host on other ports", OtherPortsAsync) { IsCore = true },
        new("B3", "plain HTTP to a host that is allowed for https", PlainAsync),
        new("B4", "CONNECT inside CONNECT; the proxy's own address", ProxyItselfAsync),
        new("B5", "bytes behind the CONNECT, before its answer", EarlyBytesAsync),
        new("B6", "UDP past the proxy", DatagramsAsync),
        new("B7", "upgrades that are not allowed", UpgradesAsync),
        new("B8", "TRACE, unknown and misspelt methods", MethodsAsync),
        new("B9", "headers that only the proxy may say; PROXY protocol", ForgedHeadersAsync),
    ];

    private static Task AddressesAsync(AttackTrial trial, CancellationToken cancellationToken)
    {
        (string Host, int Port)[] all = [("1.1.1.1", 443), ("8.8.8.8", 443), ("2606:4700:4700::1111", 443), ("::ffff:1.1.1.1", 443), ("16843009", 443), ("0x01010101", 443), ("1.1", 443)];
        return trial.ConnectAsync(all.Where(one => trial.Targets.IsForbidden(one.Host, one.Port)).Select(one => AttackUrl.Join(one.Host, one.Port)), Expectation.NoAddress, cancellationToken);
    }

    private static async Task OtherPortsAsync(AttackTrial trial, CancellationToken cancellationToken)
    {
        foreach (AttackUrl url in (AttackUrl[])[trial.Allowed, .. trial.Targets.Pinned is { } pinned ? [pinned] : Array.Empty<AttackUrl>()])
        {
            int[] ports = [.. ((int[])[22, 25, 80, 443, 8443, 6379]).Where(port => trial.Targets.IsForbidden(url.Host, port))];
            await trial.ConnectAsync(ports.Select(port => AttackUrl.Join(url.Host, port)), Expectation.NoHost, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task PlainAsync(AttackTrial trial, CancellationToken cancellationToken)
    {
        AttackUrl[] hosts = [.. new[] { trial.Allowed, trial.Targets.Credentialed, trial.Targets.Pinned }.OfType<AttackUrl>().Distinct()];
        foreach (AttackUrl url in hosts)
        {
            foreach ((string authority, int port) in ((string, int)[])[(url.Target, url.Port), (url.Host, 80), (url.Host + ":80", 80), (url.Host + ":443", 443)])
            {
                // What the policy allows on another port may well be plain HTTP.
                if (trial.Targets.Plain?.Host != url.Host && (port == url.Port || trial.Targets.IsForbidden(url.Host, port)))
                {
                    await trial.AskPlainAsync("GET", $"http://{authority}{url.Path}", Expectation.NoHost, cancellationToken, "authorization: Bearer of-the-agent\r\n").ConfigureAwait(false);
                }
            }
        }
    }

    private static async Task ProxyItselfAsync(AttackTrial trial, CancellationToken cancellationToken)
    {
        int port = trial.Proxy.Address.Port;
        string[] own = [$"127.0.0.1:{port}", $"localhost:{port}", $"[::1]:{port}", $"0.0.0.0:{port}", AttackUrl.Join(trial.Proxy.Address.Host, port)];
        foreach (string inner in trial.Some([trial.Canary.Target, .. own.Take(1)]))
        {
            Answer answer = await trial.AskInsideAsync(trial.Allowed, $"CONNECT {inner} HTTP/1.1\r\nhost: {inner}\r\n\r\n", cancellationToken).ConfigureAwait(false);
            trial.Expect($"CONNECT {inner} inside a tunnel", Expectation.NoHttp, answer);
        }

        await trial.ConnectAsync(own.Distinct(), Expectation.NoAddress, cancellationToken).ConfigureAwait(false);
        foreach (string authority in trial.Some(own.Distinct()))
        {
            await trial.AskPlainAsync("GET", $"http://{authority}/", Expectation.NoAddress, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task EarlyBytesAsync(AttackTrial trial, CancellationToken cancellationToken)
    {
        foreach (AttackUrl url in (AttackUrl[])[trial.Allowed, .. trial.Targets.Pinned is { } pinned ? [pinned] : Array.Empty<AttackUrl>()])
        {
            Answer answer = await trial.Proxy.AskToEndAsync($"CONNECT {url.Target} HTTP/1.1\r\nhost: {url.Target}\r\n{trial.Proxy.IdentityLine}\r\nearly", cancellationToken).ConfigureAwait(false);
            trial.Expect($"CONNECT {url.Target} with bytes behind it", Expectation.NoHttp, answer);
        }
    }

    private static async Task DatagramsAsync(AttackTrial trial, CancellationToken cancellationToken)
    {
        if (trial.Options.Witness is null)
        {
            trial.Skip("needs a canary that can be asked (--canary-control): a datagram has no answer");
            return;
        }

        await PastTheProxy.SendDatagramsAsync(trial, cancellationToken).ConfigureAwait(false);
    }

    private static async Task UpgradesAsync(AttackTrial trial, CancellationToken cancellationToken)
    {
        string[] protocols = ["foo", "TLS/1.2", "foo, websocket", .. trial.Targets.AllowsWebSocket == false ? ["websocket"] : Array.Empty<string>()];
        foreach (string protocol in protocols)
        {
            string lines = $"connection: upgrade\r\nupgrade: {protocol}\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
            Answer answer = await trial.AskInsideAsync(trial.Allowed, TrialExtensions.Request(trial.Allowed, "GET", null, lines) + "payload", cancellationToken).ConfigureAwait(false);
            trial.Expect($"upgrade: {protocol}", Expectation.NoMethod, answer);
            // Of an upgrade to TLS, Envoy makes an ordinary request where there is none yet.
            if (trial.Targets.Plain is { } plain && protocol.StartsWith("foo", StringComparison.Ordinal))
            {
                await trial.AskPlainAsync("GET", $"http://{plain.PlainAuthority}{plain.Path}", Expectation.NoMethod, cancellationToken, lines).ConfigureAwait(false);
            }
        }
    }

    private static async Task MethodsAsync(AttackTrial trial, CancellationToken cancellationToken)
    {
        foreach (string method in trial.Some(["TRACE", "TRACK", "PURGE", "GeT", "get", "FOO", "GET\u00e9", "G\0ET"]))
        {
            trial.Expect(method, Expectation.NoMethod, await trial.AskInsideAsync(trial.Allowed, TrialExtensions.Request(trial.Allowed, method), cancellationToken).ConfigureAwait(false));
        }

        if (trial.Targets.ReadOnly is { } readOnly)
        {
            foreach (string method in (string[])["POST", "PUT", "DELETE", "PATCH"])
            {
                Answer answer = await trial.AskInsideAsync(readOnly, TrialExtensions.Request(readOnly, method, null, "content-length: 0\r\n"), cancellationToken).ConfigureAwait(false);
                trial.Expect($"{method} on a read-only host", Expectation.ReadOnly, answer);
            }
        }
    }

    private static async Task ForgedHeadersAsync(AttackTrial trial, CancellationToken cancellationToken)
    {
        string connect = $"CONNECT {trial.Allowed.Target} HTTP/1.1\r\nhost: {trial.Allowed.Target}\r\n{trial.Proxy.IdentityLine}\r\n";
        foreach (string preface in (string[])["PROXY TCP4 127.0.0.1 127.0.0.1 1000 443\r\n", "PROXY UNKNOWN\r\n", "\r\n\r\n\0\r\nQUIT\n\u0021\u0011\0\u000c\u007f\0\0\u0003\u007f\0\0\u0001\u0003\u00e8\u0001\u00bb"])
        {
            trial.Expect("PROXY protocol before a CONNECT", Expectation.NoHttp, await trial.Proxy.AskAsync(preface + connect, cancellationToken).ConfigureAwait(false));
        }

        foreach (string line in (string[])["x_forwarded_for: 127.0.0.1\r\n", "content_length: 3\r\n"])
        {
            trial.Expect(line.TrimEnd(), Expectation.NoHttp, await trial.AskInsideAsync(trial.Allowed, TrialExtensions.Request(trial.Allowed, "GET", null, line), cancellationToken).ConfigureAwait(false));
        }

        string forged = string.Concat(Forged.Select(name => $"{name}: {Marker}\r\n"));
        trial.Expect("CONNECT to the canary with forged headers", Expectation.NoHost, await trial.Proxy.ConnectAsync(trial.Canary.Target, trial.Proxy.IdentityLine + forged, cancellationToken).ConfigureAwait(false));
        if (trial.Targets.Echo is { } echo)
        {
            Answer answer = await trial.AskInsideAsync(echo, TrialExtensions.Request(echo, "GET", null, forged + "x-probe-plain: seen-by-upstream\r\n"), cancellationToken).ConfigureAwait(false);
            trial.ExpectEcho("forged headers", answer, "seen-by-upstream", Marker);
        }
    }
}
