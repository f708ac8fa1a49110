// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace Cagent.Attack.Attacks;

/// <summary>Group C: names are decided by policy, addresses by one table, at the moment of the dial.</summary>
internal static class AddressAttacks
{
    private const string DockerSocket = "/var/run/docker.sock";

    public static ImmutableArray<AttackRow> Rows { get; } =
    [
        new("C1", "IPv6 and other spellings of addresses that lead inwards", EmbeddedAddressesAsync),
        new("C2", "loopback, private, link-local, multicast and metadata addresses", InnerAddressesAsync),
        new("C3", "names whose address leads inwards", InnerNamesAsync),
        AttackRow.Elsewhere("C4", "DNS rebinding between check and dial", "needs a name server of the attacker's for an allowed name"),
        new("C5", "where a redirect of an allowed upstream could lead", RedirectTargetsAsync),
        new("C6", "metadata services and node agents, with every method", MetadataAsync) { IsCore = true },
        new("C7", "the proxy's own control addresses, and the Docker socket", ControlAddressesAsync),
        new("C8", "a name is resolved before any request", ResolveAsync),
        AttackRow.Elsewhere("C9", "TXT, NULL and other queries; long and many labels", "needs the agents' own resolver, which this build does not run"),
        new("C10", "other resolvers: port 53, DNS over TLS and over HTTPS", ResolversAsync),
        new("C11", "a connection that does not use the proxy", PastTheProxy.DialAsync),
        AttackRow.Elsewhere("C12", "IPv6 where the policy thinks of IPv4", "C11 dials every address of the canary, IPv6 too; drop counters are seen from outside"),
    ];

    private static Task EmbeddedAddressesAsync(AttackTrial trial, CancellationToken cancellationToken)
    {
        string[] hosts =
        [
            "[::1]", "[::]", "[::ffff:169.254.169.254]", "[::ffff:127.0.0.1]", "[64:ff9b::a9fe:a9fe]", "[2002:a9fe:a9fe::]", "[2001:0:a9fe:a9fe::]", "[fec0::1]", "[fc00::1]", "[fe80::1%25eth0]", "[fe80::1%eth0]",
            "[::169.254.169.254]", "[::ffff:a9fe:a9fe]", "[fe80::5efe:169.254.169.254]", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "127.0.0.1.", "0", "2852039166",
        ];
        return TryAsync(trial, hosts.Select(host => $"{host}:{trial.Canary.Port}"), cancellationToken);
    }

    private static Task InnerAddressesAsync(AttackTrial trial, CancellationToken cancellationToken)
    {
        string[] hosts =
        [
            "0.0.0.0", "10.0.0.1", "100.64.0.1", "127.0.0.1", "127.255.255.254", "169.254.169.254", "172.16.0.1", "172.17.0.1", "192.0.0.192", "192.168.0.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
            "fd00:ec2::254", "168.63.129.16", "100.100.100.200",
        ];
        return TryAsync(trial, hosts.Where(host => trial.Targets.IsForbidden(host, trial.Canary.Port)).Select(host => AttackUrl.Join(host, trial.Canary.Port)), cancellationToken);
    }

    private static Task InnerNamesAsync(AttackTrial trial, CancellationToken cancellationToken)
    {
        string[] hosts = ["localhost", "localhost.localdomain", "127.0.0.1.nip.io", "169.254.169.254.nip.io", "169-254-169-254.sslip.io", "localtest.me", "metadata", "metadata.google.internal", "instance-data", trial.Canary.Host];
        return TryAsync(trial, hosts.Where(host => trial.Targets.IsForbidden(host, trial.Canary.Port)).Select(host => AttackUrl.Join(host, trial.Canary.Port)), cancellationToken);
    }

    private static async Task RedirectTargetsAsync(AttackTrial trial, CancellationToken cancellationToken)
    {
        foreach (string url in (string[])["http://169.254.169.254/latest/meta-data/", $"http://{trial.Canary.Target}/", "https://169.254.169.254/", "ftp://169.254.169.254/", "gopher://169.254.169.254/_x", "file://localhost/etc/passwd"])
        {
            await trial.AskPlainAsync("GET", url, Expectation.NoAddress, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task MetadataAsync(AttackTrial trial, CancellationToken cancellationToken)
    {
        (string Method, string Url, string Lines)[] requests =
        [
            ("PUT", "http://169.254.169.254/latest/api/token", "x-aws-ec2-metadata-token-ttl-seconds: 60\r\ncontent-length: 0\r\n"),
            ("GET", "http://169.254.170.2/v2/credentials", ""),
            ("GET", "http://metadata.google.internal/computeMetadata/v1/", "metadata-flavor: Google\r\n"),
            ("GET", "http://[fd00:ec2::254]/latest/meta-data/", ""),
            ("GET", "http://127.0.0.1:10250/pods", ""),
            ("POST", "http://127.0.0.1:2375/containers/create", "content-length: 0\r\n"),
            ("HEAD", "http://169.254.169.254/", ""), ("DELETE", "http://169.254.169.254/", ""), ("OPTIONS", "http://169.254.169.254/", ""), ("PATCH", "http://169.254.169.254/", "content-length: 0\r\n"),
        ];
        foreach ((string method, string url, string lines) in trial.Some(requests))
        {
            await trial.AskPlainAsync(method, url, Expectation.NoAddress, cancellationToken, lines).ConfigureAwait(false);
        }
    }

    private static async Task ControlAddressesAsync(AttackTrial trial, CancellationToken cancellationToken)
    {
        string proxy = trial.Proxy.Address.Host;
        foreach (int port in (int[])[9901, 15000, 18000, 19000, 2375, 2376, 10250])
        {
            await trial.ConnectAsync([AttackUrl.Join(proxy, port)], Expectation.NoAddress, cancellationToken).ConfigureAwait(false);
            string? observed = await PastTheProxy.ConnectAsync(trial, proxy, port, cancellationToken).ConfigureAwait(false);
            trial.ExpectIsolated($"TCP to {AttackUrl.Join(proxy, port)} without the proxy", "no connection", observed is not null, observed ?? "connected");
        }

        if (!File.Exists(DockerSocket))
        {
            return;
        }

        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(DockerSocket), cancellationToken).ConfigureAwait(false);
            trial.ExpectIsolated(DockerSocket, "no connection", false, "connected");
        }
        catch (SocketException exception)
        {
            trial.ExpectIsolated(DockerSocket, "no connection", true, exception.SocketErrorCode.ToString());
        }
    }

    private static async Task ResolveAsync(AttackTrial trial, CancellationToken cancellationToken)
    {
        if (!trial.Options.IsIsolated)
        {
            trial.Skip("the name would leave this machine; run where the agent runs, with --isolated");
            return;
        }

        foreach (string name in (string[])["example.com", "dns.google"])
        {
            if (trial.Targets.IsForbidden(name, 443))
            {
                IPAddress[] addresses = await PastTheProxy.ResolveAsync(name, cancellationToken).ConfigureAwait(false);
                trial.ExpectIsolated($"resolve {name}", "no answer", addresses.Length == 0, string.Join<IPAddress>(", ", addresses));
            }
        }
    }

    private static async Task ResolversAsync(AttackTrial trial, CancellationToken cancellationToken)
    {
        (string Host, int Port)[] resolvers =
        [
            ("8.8.8.8", 53), ("1.1.1.1", 53), ("8.8.8.8", 853), ("1.1.1.1", 853), ("dns.google", 443), ("dns.google", 853), ("cloudflare-dns.com", 443), ("one.one.one.one", 853), ("dns.quad9.net", 443), ("doh.opendns.com", 443), ("2001:4860:4860::8888", 53),
        ];
        await trial.ConnectAsync(resolvers.Where(one => trial.Targets.IsForbidden(one.Host, one.Port)).Select(one => AttackUrl.Join(one.Host, one.Port)), Expectation.NoAddress, cancellationToken).ConfigureAwait(false);
        if (trial.Options.IsIsolated)
        {
            foreach ((string host, int port) in resolvers.Take(4))
            {
                string? observed = await PastTheProxy.ConnectAsync(trial, host, port, cancellationToken).ConfigureAwait(false);
                trial.ExpectIsolated($"TCP to {AttackUrl.Join(host, port)} without the proxy", "no connection", observed is not null, observed ?? "connected");
            }
        }
    }

    // Both doors: as a tunnel and as plain HTTP.
    private static async Task TryAsync(AttackTrial trial, IEnumerable<string> authorities, CancellationToken cancellationToken)
    {
        foreach (string authority in trial.Some(authorities))
        {
            await trial.ConnectAsync([authority], Expectation.NoAddress, cancellationToken).ConfigureAwait(false);
            await trial.AskPlainAsync("GET", $"http://{authority}/", Expectation.NoAddress, cancellationToken).ConfigureAwait(false);
        }
    }
}
