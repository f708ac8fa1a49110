// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Cagent.TestKit.Certificates;
using Cagent.TestKit.Http;
using Cagent.TestKit.Internet;
using Cagent.TestKit.Tcp;

namespace Cagent.EndToEnd.Tests.Upstreams;

/// <summary>Upstreams that stream, that are passed through, and that show a certificate which nobody should trust.</summary>
public sealed class UpstreamDeployment : SharedDeployment
{
    public const string Web = "web.example.com";
    public const string Pinned = "pin.example.com";
    public const string PinnedWeb = "pin-web.example.com";
    public const string OwnCa = "own-ca.example.com";

    private readonly TestCa _otherCa = new("Another Test Root");
    private readonly Dictionary<string, Upstream> _bad = [];

    public Upstream Server { get; private set; } = null!;

    public Upstream OwnCaServer { get; private set; } = null!;

    public TlsEcho Echo { get; private set; } = null!;

    public static string BadName(string kind) => $"{kind}.example.com";

    /// <summary>The server whose certificate is wrong in this way.</summary>
    public Upstream Bad(string kind) => _bad[kind];

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _otherCa.Dispose();
    }

    protected override async Task StartAsync(Deployment deployment)
    {
        TestInternet internet = deployment.Internet;
        Server = await internet.AddHttpsAsync(Web, certificateNames: [Web, PinnedWeb]);
        Echo = internet.AddTlsEcho(Pinned);
        internet.Dns.Set(PinnedWeb, IPAddress.Loopback);
        OwnCaServer = await internet.AddUpstreamAsync(OwnCa, new UpstreamOptions { Certificate = _otherCa.Issue(OwnCa) });
        await AddBadAsync(internet, "wrong-name", new UpstreamOptions { Certificate = internet.Issue("another.example.com") });
        await AddBadAsync(internet, "deep-wildcard", new UpstreamOptions { Certificate = internet.Issue("*.com") });
        await AddBadAsync(internet, "expired", new UpstreamOptions { Certificate = internet.IssueExpired(BadName("expired")) });
        await AddBadAsync(internet, "self-signed", new UpstreamOptions { Certificate = internet.IssueSelfSigned(BadName("self-signed")) });
        await AddBadAsync(internet, "unknown-ca", new UpstreamOptions { Certificate = _otherCa.Issue(BadName("unknown-ca")) });
        // Trusts its own CA and nothing else, so the default one is not enough.
        await AddBadAsync(internet, "other-ca", new UpstreamOptions { Certificate = internet.Issue(BadName("other-ca")) });
        await AddBadAsync(internet, "no-tls", new UpstreamOptions());

        const string credential = "credential: {use: canary, header: Authorization, format: \"Bearer {value}\"}";
        string policy = deployment.Head + "domains:\n"
            + Deployment.Entry(Web, Server, "websocket: true")
            + Deployment.Entry(Pinned, Echo.Port, "tls: passthrough")
            + $"  - {{domain: {OwnCa}, port: {OwnCaServer.Port}, addresses: [127.0.0.0/8], tls: {{trusted_ca: {_otherCa.RootFile}}}, {credential}}}\n"
            + string.Concat(_bad.Where(bad => bad.Key != "other-ca").Select(bad => Deployment.Entry(BadName(bad.Key), bad.Value, credential)))
            + $"  - {{domain: {BadName("other-ca")}, port: {Bad("other-ca").Port}, addresses: [127.0.0.0/8], tls: {{trusted_ca: {_otherCa.RootFile}}}, {credential}}}\n"
            + $"  - {{domain: {PinnedWeb}, port: {Server.Port}, addresses: [127.0.0.0/8], tls: passthrough}}\n";
        await deployment.StartAsync(policy);
    }

    private async Task AddBadAsync(TestInternet internet, string kind, UpstreamOptions options) =>
        _bad.Add(kind, await internet.AddUpstreamAsync(BadName(kind), options));
}
