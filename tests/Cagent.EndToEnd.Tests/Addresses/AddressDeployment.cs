// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Cagent.TestKit.Dns;
using Cagent.TestKit.Http;
using Cagent.TestKit.Internet;
using Cagent.TestKit.NetworkNamespaces;
using Cagent.TestKit.Processes;
using Cagent.TestKit.Tcp;

namespace Cagent.EndToEnd.Tests.Addresses;

/// <summary>
/// A network of its own in which every special-purpose address is real and has a canary, and one name of each kind of entry for each of them.
/// The kind is the name's domain, so that every kind of cluster of the data plane is asked to go to every address.
/// </summary>
public sealed class AddressDeployment : SharedDeployment
{
    public const int Port = 443;
    public static readonly IPAddress Public = IPAddress.Parse("198.41.0.20");

    /// <summary>Opened by the entries of the kinds that can open something.</summary>
    public static readonly IPAddress Opened = IPAddress.Parse("10.20.0.7");

    /// <summary>A public address of a network device of the proxy's own machine.</summary>
    public static readonly IPAddress OwnAddress = IPAddress.Parse("198.41.7.7");

    /// <summary>One of each special-purpose block, and the metadata services. What cannot be an address of a machine has no canary.</summary>
    public static readonly IReadOnlyList<IPAddress> Forbidden =
    [
        .. new[]
        {
            "0.0.0.0", "10.0.0.5", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.8.8.8", "168.63.129.16", "169.254.169.254", "169.254.170.2", "172.16.0.1", "172.31.255.254",
            "192.0.0.192", "192.0.2.1", "192.31.196.1", "192.52.193.1", "192.88.99.1", "192.168.1.1", "192.175.48.1", "198.18.0.1", "198.51.100.1", "203.0.113.1",
            "224.0.0.1", "240.0.0.1", "255.255.255.255",
        }.Select(IPAddress.Parse),
        OwnAddress,
    ];

    /// <summary>Every form of IPv6 that an attacker could answer with.</summary>
    public static readonly IReadOnlyList<IPAddress> ForbiddenV6 =
    [
        .. new[]
        {
            "::", "::1", "::ffff:169.254.169.254", "::ffff:10.0.0.5", "::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::a9fe:a9fe", "2002:a9fe:a9fe::1", "2001::a9fe:a9fe",
            "fec0::1", "fc00::1", "fd00:ec2::254", "fe80::1", "ff02::1", "2606:4700::5efe:10.0.0.5", "100::1", "2001:db8::1",
        }.Select(IPAddress.Parse),
    ];

    private static readonly IPAddress Dns = IPAddress.Parse("198.41.0.53");

    /// <summary>The kinds of entries, each with what makes it that kind. A kind with a star has one entry for all its names.</summary>
    private static readonly (string Kind, string More)[] Kinds =
    [
        ("exact", ""),
        ("opened", ", addresses: [10.20.0.0/16]"),
        ("limited", ", max_request_body: 1MiB"),
        ("retried", ", resilience: {retries: 3}"),
        ("socket", ", websocket: true"),
        ("pinned", ", tls: passthrough"),
        ("pinned-opened", ", tls: passthrough, addresses: [10.20.0.0/16]"),
        ("plain", ", scheme: http"),
        ("plain-opened", ", scheme: http, addresses: [10.20.0.0/16]"),
        ("plain-limited", ", scheme: http, max_request_body: 1MiB"),
        ("*wild", ""),
        ("*wild-limited", ", max_request_body: 1MiB"),
        ("*wild-pinned", ", tls: passthrough"),
        ("*wild-plain", ", scheme: http"),
    ];

    private NetworkNamespace? _network;
    private NetworkNamespace? _neighbour;

    public Upstream Web { get; private set; } = null!;

    /// <summary>Listen on 443 and 80 of every forbidden address.</summary>
    public IReadOnlyList<Canary> Canaries { get; private set; } = [];

    public static IEnumerable<string> AllKinds => Kinds.Select(kind => kind.Kind.TrimStart('*'));

    public static IEnumerable<string> OpeningKinds => AllKinds.Where(kind => kind.EndsWith("opened", StringComparison.Ordinal));

    protected override TestInternetOptions? Internet => new() { Address = Dns, Sockets = _network! };

    /// <summary>The name of a kind that stands for what a test makes of it in DNS.</summary>
    public static string Name(string label, string kind) => $"{label}.{kind}.example.net";

    /// <summary>The name of a kind for an address.</summary>
    public static string Name(IPAddress address, string kind) => Name($"a-{address.ToString().Replace('.', '-')}", kind);

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _network?.Dispose();
        _neighbour?.Dispose();
    }

    protected override bool CanStart()
    {
        if (!base.CanStart() || (NetworkNamespace.UnavailableReason is not null && !EnvoyBinary.IsRequired("netns")))
        {
            return false;
        }

        _network = NetworkNamespace.Create([Dns, Public, Opened, .. Forbidden.Where(IsOfMachine).Where(address => !address.Equals(OwnAddress))]);
        _neighbour = NetworkNamespace.Create();
        _network.Connect("own0", _neighbour, "other0");
        _network.AddAddress($"{OwnAddress}/24", "own0");
        return true;
    }

    protected override async Task StartAsync(Deployment deployment)
    {
        TestInternet internet = deployment.Internet;
        X509Certificate2 certificate = internet.Issue([.. AllKinds.Select(kind => $"*.{kind}.example.net")]);
        Web = await internet.AddUpstreamAsync("web.example.net", new UpstreamOptions { Address = Public, Port = Port, Certificate = certificate, Sockets = _network! });
        await internet.AddUpstreamAsync("opened.example.net", new UpstreamOptions { Address = Opened, Port = Port, Certificate = certificate, Sockets = _network! });
        await internet.AddUpstreamAsync("web.example.net", new UpstreamOptions { Address = Public, Port = 80, Sockets = _network! });
        await internet.AddUpstreamAsync("opened.example.net", new UpstreamOptions { Address = Opened, Port = 80, Sockets = _network! });
        Canaries =
        [
            .. Forbidden.Where(IsOfMachine).Append(IPAddress.Loopback).Distinct().SelectMany(address => new[] { Port, 80, 2375, 10250 }
                .Select(port => internet.AddCanary("canary.example.net", new CanaryOptions { Address = address, Port = port }))),
        ];
        foreach (string kind in AllKinds)
        {
            foreach (IPAddress address in Forbidden)
            {
                internet.Dns.Set(Name(address, kind), address);
            }

            internet.Dns.Set(Name("public", kind), Public);
            internet.Dns.Set(Name("inside", kind), Opened);
            internet.Dns.Set(Name("v6", kind), DnsAnswer.Of([.. ForbiddenV6]));
            internet.Dns.Set(Name("mixed", kind), DnsAnswer.Of(IPAddress.Parse("10.0.0.5"), Public, IPAddress.Parse("169.254.169.254")));
            internet.Dns.Set(Name("flips", kind), Flipping());
        }

        await deployment.StartAsync(Policy(deployment.Head), new CagentOptions { Policy = "", Prefix = _network!.Prefix, Sockets = _network });
    }

    /// <summary>Public and forbidden by turns. Of an answer that lives for no time Envoy makes one that lives for 30 s (5 s for wildcards): one second changes faster.</summary>
    private static Func<DnsQuery, DnsAnswer> Flipping()
    {
        int queries = 0;
        return _ => DnsAnswer.Of(TimeSpan.FromSeconds(1), int.IsOddInteger(Interlocked.Increment(ref queries)) ? Public : IPAddress.Parse("10.0.0.5"));
    }

    private static bool IsOfMachine(IPAddress address) => address.GetAddressBytes()[0] is > 0 and < 224;

    private static string Policy(string head) => head + "domains:\n" + string.Concat(Kinds.Select(one => one.Kind.StartsWith('*')
        ? $"  - {{domain: \"*.{one.Kind[1..]}.example.net\"{one.More}}}\n"
        : string.Concat(new[] { "public", "inside", "v6", "mixed", "flips" }.Select(label => Name(label, one.Kind)).Concat(Forbidden.Select(address => Name(address, one.Kind)))
            .Select(name => $"  - {{domain: {name}{one.More}}}\n"))));
}
