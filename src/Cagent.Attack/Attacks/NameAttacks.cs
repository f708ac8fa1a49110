// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;
using Cagent.Attack.Client;

namespace Cagent.Attack.Attacks;

/// <summary>Group A: the name that is checked, the name that is dialled and the name that is served are one.</summary>
internal static class NameAttacks
{
    public static ImmutableArray<AttackRow> Rows { get; } =
    [
        new("A1", "TLS server name other than the CONNECT target", ServerNameDiffersAsync),
        new("A2", "Host other than the tunnel's, first, later, and over HTTP/2", HostDiffersAsync) { IsCore = true },
        new("A3", "TLS without one server name: none, empty, an address, two", NoServerNameAsync),
        new("A4", "encrypted ClientHello with an allowed outer name", EncryptedHelloAsync),
        AttackRow.Elsewhere("A5", "another name's address in transparent mode", "needs the transparent listener and a route to it"),
        new("A6", "upper case, trailing dots and empty labels", SpellingsAsync),
        new("A7", "authorities with user, fragment, query, blank, escapes", AuthoritiesAsync),
        new("A8", "NUL and control bytes in names", ControlBytesAsync),
        new("A9", "homographs and other alphabets", HomographsAsync),
        new("A10", "names that only look like an allowed one", LookalikesAsync),
        AttackRow.Elsewhere("A11", "policies that are too wide", "a property of the policy: cagent validate refuses them"),
        AttackRow.Elsewhere("A12", "secrets in the labels below an allowed wildcard", "this build has no limit on new names below a wildcard: prefer exact hosts"),
        new("A13", "one HTTP/2 connection used for other names", ReuseAsync),
        AttackRow.Elsewhere("A14", "upstream certificates that are for others, expired, self-signed", "needs upstreams with such certificates"),
        new("A15", "names of the neighbourhood", NeighbourhoodAsync),
    ];

    private static async Task ServerNameDiffersAsync(AttackTrial trial, CancellationToken cancellationToken)
    {
        string[] others = [trial.Canary.Host, .. trial.Targets.Other is { } other ? [other.Host] : Array.Empty<string>()];
        foreach (string name in others.Where(name => name != trial.Allowed.Host))
        {
            await trial.GreetAsync(trial.Allowed, Expectation.NoTls, cancellationToken, name).ConfigureAwait(false);
        }

        if (trial.Targets.Pinned is { } pinned)
        {
            await trial.GreetAsync(pinned, Expectation.NoTls, cancellationToken, trial.Canary.Host).ConfigureAwait(false);
            await trial.GreetAsync(pinned, Expectation.NoTls, cancellationToken, trial.Allowed.Host).ConfigureAwait(false);
        }
    }

    private static async Task HostDiffersAsync(AttackTrial trial, CancellationToken cancellationToken)
    {
        string[] hosts = [trial.Canary.Target, trial.Canary.Host, $"127.0.0.1:{trial.Allowed.Port}", $"localhost:{trial.Allowed.Port}", .. trial.Targets.Other is { } other && other.Host != trial.Allowed.Host ? [other.Target] : Array.Empty<string>()];
        foreach (string host in trial.Some(hosts))
        {
            WireConnection connection = await trial.Proxy.OpenTlsAsync(trial.Allowed.Host, trial.Allowed.Port, cancellationToken).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                Task<Answer> AskAsync(string authority) => ProxyClient.ExchangeAsync(connection, $"GET {trial.Allowed.Path} HTTP/1.1\r\nhost: {authority}\r\n\r\n", HttpAnswers.ReadAsync, cancellationToken);
                trial.Expect($"host: {host} as first request", Expectation.Mismatch, await AskAsync(host).ConfigureAwait(false));
                trial.ExpectAllowed("then the tunnel's own host", await AskAsync(trial.Allowed.Target).ConfigureAwait(false));
                trial.Expect($"host: {host} as later request", Expectation.Mismatch, await AskAsync(host).ConfigureAwait(false));
            }
        }

        await AuthoritiesOfStreamsAsync(trial, hosts, cancellationToken).ConfigureAwait(false);
    }

    private static async Task AuthoritiesOfStreamsAsync(AttackTrial trial, IEnumerable<string> authorities, CancellationToken cancellationToken)
    {
        WireConnection connection = await trial.Proxy.OpenTlsAsync(trial.Allowed.Host, trial.Allowed.Port, cancellationToken, "h2").ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            Http2Stream http = new(connection);
            await http.OpenAsync(cancellationToken).ConfigureAwait(false);
            foreach (string authority in trial.Some(authorities))
            {
                trial.Expect($":authority {authority}", Expectation.Mismatch, await http.AskAsync("GET", authority, trial.Allowed.Path, cancellationToken).ConfigureAwait(false));
            }

            trial.ExpectAllowed("then the tunnel's own :authority", await http.AskAsync("GET", trial.Allowed.Target, trial.Allowed.Path, cancellationToken).ConfigureAwait(false));
        }
    }

    private static async Task NoServerNameAsync(AttackTrial trial, CancellationToken cancellationToken)
    {
        foreach (AttackUrl tunnel in (AttackUrl[])[trial.Allowed, .. trial.Targets.Pinned is { } pinned ? [pinned] : Array.Empty<AttackUrl>()])
        {
            foreach (string[] names in (string[][])[[], [""], ["127.0.0.1"], ["::1"], [tunnel.Host, trial.Canary.Host], [trial.Canary.Host, tunnel.Host]])
            {
                await trial.GreetAsync(tunnel, Expectation.NoTls, cancellationToken, names).ConfigureAwait(false);
            }
        }
    }

    private static async Task EncryptedHelloAsync(AttackTrial trial, CancellationToken cancellationToken)
    {
        if (trial.Targets.Pinned is not { } pinned)
        {
            trial.Skip("needs a host that is passed through (--pinned): elsewhere TLS ends at the proxy");
            return;
        }

        Answer answer = await trial.Proxy.GreetAsync(pinned.Target, ClientHello.WithEncryptedInner(pinned.Host), cancellationToken).ConfigureAwait(false);
        // Nobody can tell a hidden name from what browsers send to look the same; what is passed through reaches the pinned address alone.
        trial.Note($"CONNECT {pinned.Target} with encrypted_client_hello", Expectation.NoTls.ToString(), answer.Shown, Expectation.NoTls.Judge(answer) switch
        {
            AttackVerdict.Failed => AttackVerdict.Warning,
            AttackVerdict verdict => verdict,
        });
    }

    private static async Task SpellingsAsync(AttackTrial trial, CancellationToken cancellationToken)
    {
        (string evil, string port) = (trial.Canary.Host, Port(trial.Canary));
        await trial.ConnectAsync([$"{evil.ToUpperInvariant()}:{port}", $"{evil}.:{port}", $"{evil}..:{port}", $".{evil}:{port}"], Expectation.NoHost, cancellationToken).ConfigureAwait(false);
        (string good, string open) = (trial.Allowed.Host, Port(trial.Allowed));
        await trial.ConnectAsync([$"{good}..:{open}", $".{good}:{open}", $"{good.Replace(".", "..", StringComparison.Ordinal)}:{open}"], Expectation.NoHost, cancellationToken).ConfigureAwait(false);
        if (trial.Targets.Denied is { } denied)
        {
            foreach (string host in (string[])[denied.Host.ToUpperInvariant(), denied.Host + "."])
            {
                Answer answer = await trial.AskInsideAsync(denied, $"GET {denied.Path} HTTP/1.1\r\nhost: {host}:{Port(denied)}\r\n\r\n", cancellationToken).ConfigureAwait(false);
                trial.Expect($"GET {denied.Path} with host: {host}", Expectation.NoPath, answer);
            }
        }
    }

    private static async Task AuthoritiesAsync(AttackTrial trial, CancellationToken cancellationToken)
    {
        (string good, string open, string evil) = (trial.Allowed.Host, Port(trial.Allowed), trial.Canary.Host);
        string[] targets =
        [
            good, $"{good}@{trial.Canary.Target}", $"{good}:{open}@{trial.Canary.Target}", $"{trial.Canary.Target}@{good}:{open}", $"{evil}#{good}:{open}", $"{evil}?.{good}:{open}",
            $"{evil}\\.{good}:{open}", $"{evil}%2f.{good}:{open}", $"{evil}%00.{good}:{open}", $"{evil} .{good}:{open}", $"{evil}\t.{good}:{open}", $"{evil},{good}:{open}",
            $"{good}:{open}/x", $"{good}:{open}:{open}", $"{good}:99999", $"{good}:-1", $"{good}:", $":{open}", $"*:{open}", $"*.{good}:{open}",
        ];
        await trial.ConnectAsync(targets, Expectation.NoHost, cancellationToken).ConfigureAwait(false);
        string[] lines =
        [
            $"host: {good}:{open}\r\nhost: {trial.Canary.Target}\r\n", $"host: {good}:{open}@{evil}\r\n", $"host: {evil}@{good}:{open}\r\n", $"host: {evil}#{good}:{open}\r\n",
            $"host: {evil}/{good}:{open}\r\n", $"host: {evil}\\.{good}:{open}\r\n", $"host: {evil}%2e{good}:{open}\r\n", $"host: {evil} {good}:{open}\r\n", $"host: {good}..:{open}\r\n", "host: \r\n", "x-none: 1\r\n",
        ];
        await AskWithHostsAsync(trial, lines, cancellationToken).ConfigureAwait(false);
    }

    private static async Task ControlBytesAsync(AttackTrial trial, CancellationToken cancellationToken)
    {
        (string good, string open, string evil) = (trial.Allowed.Host, Port(trial.Allowed), trial.Canary.Host);
        string[] names = [$"{evil}\0.{good}", $"{good}\0", $"{good}\u0001", $"{good}\u007f"];
        await trial.ConnectAsync([.. names.Select(name => $"{name}:{open}"), $"{evil}\r.{good}:{open}"], Expectation.NoHost, cancellationToken).ConfigureAwait(false);
        await AskWithHostsAsync(trial, names.Select(name => $"host: {name}:{open}\r\n"), cancellationToken).ConfigureAwait(false);
        foreach (AttackUrl tunnel in (AttackUrl[])[trial.Allowed, .. trial.Targets.Pinned is { } pinned ? [pinned] : Array.Empty<AttackUrl>()])
        {
            await trial.GreetAsync(tunnel, Expectation.NoTls, cancellationToken, tunnel.Host + "\0").ConfigureAwait(false);
            await trial.GreetAsync(tunnel, Expectation.NoTls, cancellationToken, $"{tunnel.Host}\0.{evil}").ConfigureAwait(false);
            await trial.GreetAsync(tunnel, Expectation.NoTls, cancellationToken, tunnel.Host + "\u0001").ConfigureAwait(false);
        }
    }

    // Latin-1 characters are the bytes on the wire: UTF-8 of a Cyrillic letter, a full-width dot, a soft hyphen, an ideographic full stop.
    private static async Task HomographsAsync(AttackTrial trial, CancellationToken cancellationToken)
    {
        (string good, string open) = (trial.Allowed.Host, Port(trial.Allowed));
        string rest = good[1..];
        string[] names = ["\u00d0\u00b0" + rest, good.Replace(".", "\u00ef\u00bc\u008e", StringComparison.Ordinal), good.Replace(".", "\u00e3\u0080\u0082", StringComparison.Ordinal), good[..1] + "\u00c2\u00ad" + rest, "\u00e0" + rest];
        await trial.ConnectAsync(names.Where(name => name != good).Select(name => $"{name}:{open}"), Expectation.NoHost, cancellationToken).ConfigureAwait(false);
        await trial.GreetAsync(trial.Allowed, Expectation.NoTls, cancellationToken, names[0]).ConfigureAwait(false);
        await trial.GreetAsync(trial.Allowed, Expectation.NoTls, cancellationToken, names[2]).ConfigureAwait(false);
    }

    private static async Task LookalikesAsync(AttackTrial trial, CancellationToken cancellationToken)
    {
        (string good, int port) = (trial.Allowed.Host, trial.Allowed.Port);
        string parent = good[(good.IndexOf('.', StringComparison.Ordinal) + 1)..];
        string[] always = [$"{good}.{trial.Canary.Host}", good.Replace('.', '-') + ".invalid", good + "x", good + "x.invalid"];
        // Of these only somebody who knows the policy can say that no wildcard of it means them.
        string[] perhaps = ["not" + good, "x." + good, parent, "x" + parent, good[..^1]];
        await trial.ConnectAsync(
            always.Concat(trial.Targets.KnowsPolicy ? perhaps : []).Where(name => trial.Targets.IsForbidden(name, port)).Select(name => AttackUrl.Join(name, port)),
            Expectation.NoHost, cancellationToken).ConfigureAwait(false);
    }

    private static async Task ReuseAsync(AttackTrial trial, CancellationToken cancellationToken)
    {
        WireConnection connection = await trial.Proxy.OpenTlsAsync(trial.Allowed.Host, trial.Allowed.Port, cancellationToken, "h2").ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            string[] names = [.. (connection.Certificate?.Extensions.OfType<X509SubjectAlternativeNameExtension>() ?? []).SelectMany(extension => extension.EnumerateDnsNames())];
            trial.Expect("the certificate in the tunnel", $"one name, {trial.Allowed.Host}", names.SequenceEqual([trial.Allowed.Host]), string.Join(", ", names.Take(10)));
        }

        string[] others = [trial.Canary.Target, .. trial.Targets.Other is { } other && other.Host != trial.Allowed.Host ? [other.Target] : Array.Empty<string>()];
        await AuthoritiesOfStreamsAsync(trial, others, cancellationToken).ConfigureAwait(false);
    }

    private static async Task NeighbourhoodAsync(AttackTrial trial, CancellationToken cancellationToken)
    {
        int port = trial.Allowed.Port;
        (string Host, int Port)[] names =
        [
            ("localhost", port), ("localhost", trial.Proxy.Address.Port), ("host.docker.internal", port), ("gateway.docker.internal", port), ("metadata.google.internal", 80),
            ("kubernetes.default.svc", 443), ("docker", 2375), (trial.Allowed.Host.Split('.')[0], port),
        ];
        foreach ((string host, int number) in names.Where(name => trial.Targets.IsForbidden(name.Host, name.Port)))
        {
            string authority = AttackUrl.Join(host, number);
            await trial.ConnectAsync([authority], Expectation.NoHost, cancellationToken).ConfigureAwait(false);
            await trial.AskPlainAsync("GET", $"http://{authority}/", Expectation.NoHost, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task AskWithHostsAsync(AttackTrial trial, IEnumerable<string> lines, CancellationToken cancellationToken)
    {
        foreach (string line in trial.Some(lines))
        {
            Answer answer = await trial.AskInsideAsync(trial.Allowed, $"GET {trial.Allowed.Path} HTTP/1.1\r\n{line}\r\n", cancellationToken).ConfigureAwait(false);
            trial.Expect("GET in a tunnel with " + line.TrimEnd(), Expectation.Mismatch, answer);
        }
    }

    private static string Port(AttackUrl url) => url.Target[(url.Target.LastIndexOf(':') + 1)..];
}
