// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Cagent.TestKit.Dns;
using Cagent.TestKit.Http;
using Cagent.TestKit.Internet;
using Cagent.TestKit.NetworkNamespaces;
using Cagent.TestKit.Processes;
using Cagent.TestKit.Tcp;

namespace Cagent.EndToEnd.Tests.Wildcards;

/// <summary>
/// A network of its own, because a wildcard can never reach loopback: there the public addresses are real, and so are the
/// private ones that no name may lead to. Every server listens on 443.
/// </summary>
public sealed class WildcardDeployment : SharedDeployment
{
    public const int Port = 443;
    public static readonly IPAddress Public = IPAddress.Parse("198.41.0.20");
    public static readonly IPAddress PinnedAddress = IPAddress.Parse("198.41.0.21");

    /// <summary>A public address where nothing listens, and no packet can go.</summary>
    public static readonly IPAddress Nowhere = IPAddress.Parse("198.41.0.99");

    public static readonly IPAddress Private = IPAddress.Parse("10.0.0.5");
    public static readonly IPAddress Metadata = IPAddress.Parse("169.254.169.254");
    private static readonly IPAddress DnsAddress = IPAddress.Parse("198.41.0.53");

    /// <summary>Names that lead to an address which policy forbids, alone or among others.</summary>
    public static readonly IReadOnlyDictionary<string, IPAddress[]> ForbiddenNames = new Dictionary<string, IPAddress[]>
    {
        ["loop"] = [IPAddress.Loopback],
        ["ten"] = [Private],
        ["metadata"] = [Metadata],
        ["mixed-last"] = [Nowhere, IPAddress.Loopback],
        ["mixed-two"] = [Nowhere, Private, Metadata],
        ["mixed-first"] = [Private, Public],
    };

    private static readonly string[] Names =
    [
        "a.one.example.org", "b.one.example.org", "exact.both.example.org", "x.both.example.org", "x.y.both.example.org",
        "x.deep.example.org", "x.y.deep.example.org", "x.y.z.deep.example.org", "in.deep.example.org", "x.in.deep.example.org", "x.y.in.deep.example.org", "x.body.example.org",
    ];

    private NetworkNamespace? _network;

    public Upstream Web { get; private set; } = null!;

    public TlsEcho Echo { get; private set; } = null!;

    /// <summary>Listen on 443 and 80 of every private address.</summary>
    public IReadOnlyList<Canary> Canaries { get; private set; } = [];

    protected override TestInternetOptions? Internet => new() { Address = DnsAddress, Sockets = _network! };

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _network?.Dispose();
    }

    protected override bool CanStart()
    {
        if (!base.CanStart() || (NetworkNamespace.UnavailableReason is not null && !EnvoyBinary.IsRequired("netns")))
        {
            return false;
        }

        _network = NetworkNamespace.Create(DnsAddress, Public, PinnedAddress, Private, Metadata);
        return true;
    }

    protected override async Task StartAsync(Deployment deployment)
    {
        TestInternet internet = deployment.Internet;
        X509Certificate2 certificate = internet.Issue([.. Names, .. ForbiddenNames.Keys.Select(name => name + ".example.net")]);
        Web = await internet.AddUpstreamAsync("web.example.net", new UpstreamOptions { Address = Public, Port = Port, Certificate = certificate, Sockets = _network! });
        Echo = TlsEcho.Start(new TlsEchoOptions { Address = PinnedAddress, Port = Port, Certificate = internet.Issue("*.pin.example.org"), Sockets = _network! });
        Canaries =
        [
            .. new[] { IPAddress.Loopback, Private, Metadata }.SelectMany(address => new[] { Port, 80 }
                .Select(port => internet.AddCanary("canary.example.net", new CanaryOptions { Address = address, Port = port }))),
        ];
        // Every name below is in DNS, so that a denial is never for want of an address.
        internet.Dns.Set("*.example.org", Public);
        internet.Dns.Set("*.pin.example.org", PinnedAddress);
        foreach ((string name, IPAddress[] addresses) in ForbiddenNames)
        {
            foreach (string domain in (string[])["example.net", "pin.example.net", "plain.example.net", "one.example.org", "pin.example.org"])
            {
                internet.Dns.Set($"{name}.{domain}", DnsAnswer.Of(addresses));
            }
        }

        await deployment.StartAsync(Policy(deployment.Head), new CagentOptions { Policy = "", Prefix = _network!.Prefix, Sockets = _network });
    }

    private static string Policy(string head) => head + """
        domains:
          - {domain: "*.one.example.org"}
          - {domain: "exact.both.example.org", allow: ["GET /exact"]}
          - {domain: "*.both.example.org", allow: ["GET /one"]}
          - {domain: "**.both.example.org", allow: ["GET /any"]}
          - {domain: "**.deep.example.org", allow: ["GET /any"]}
          - {domain: "*.in.deep.example.org", allow: ["GET /inner"]}
          - {domain: "*.pin.example.org", tls: passthrough}
          - {domain: "*.body.example.org", max_request_body: 10B}

        """ + string.Concat(ForbiddenNames.Keys.Select(name => $$"""
          - {domain: "{{name}}.example.net"}
          - {domain: "{{name}}.pin.example.net", tls: passthrough}
          - {domain: "{{name}}.plain.example.net", scheme: http}

        """));
}
