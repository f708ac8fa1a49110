// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Cagent.TestKit.Clients;
using Cagent.TestKit.Http;
using Cagent.TestKit.Tcp;

namespace Cagent.EndToEnd.Tests.Denials;

/// <summary>
/// A policy with one entry of each kind. The names of <see cref="Web"/> share one server and one port, so that nothing but
/// the name tells them apart; the canary's name is in DNS but not in the policy.
/// </summary>
public sealed class DenialDeployment : SharedDeployment
{
    public const string Api = "api.example.com";
    public const string Open = "open.example.com";
    public const string ReadOnly = "ro.example.com";
    public const string Socket = "ws.example.com";
    public const string Plain = "plain.example.com";
    public const string Pinned = "pin.example.com";
    public const string PinnedLoop = "pin-loop.example.com";
    public const string Evil = "evil.example.com";

    /// <summary>Secrets of the policy's <c>deny</c> rules live here.</summary>
    public Upstream Web { get; private set; } = null!;

    public Upstream PlainWeb { get; private set; } = null!;

    public TlsEcho Echo { get; private set; } = null!;

    /// <summary>Not in the policy: nothing may ever reach it.</summary>
    public Canary Canary { get; private set; } = null!;

    /// <summary>Asserts that no denied name was resolved and no canary reached, after an allowed request has gone all the way.</summary>
    public async Task ShouldStillWorkAndBeQuietAsync()
    {
        using ProxyHttp http = Deployment.Http();
        string path = "/v1/neighbour/" + Guid.NewGuid().ToString("N");
        using HttpResponseMessage response = await http.Client.GetAsync($"https://{Api}:{Web.Port}{path}");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains(Web.Requests, request => request.Path == path);
        Assert.Equal(0, Canary.ConnectionCount);
        Assert.DoesNotContain(Deployment.Internet.Dns.Queries, query => query.Name.Contains("evil", StringComparison.OrdinalIgnoreCase));
    }

    protected override async Task StartAsync(Deployment deployment)
    {
        Web = await deployment.Internet.AddHttpsAsync(Api, certificateNames: [Api, Open, ReadOnly, Socket]);
        PlainWeb = await deployment.Internet.AddHttpAsync(Plain);
        Echo = deployment.Internet.AddTlsEcho(Pinned);
        Canary = deployment.Internet.AddCanary(Evil);
        foreach (string name in (string[])[Open, ReadOnly, Socket, PinnedLoop])
        {
            deployment.Internet.Dns.Set(name, IPAddress.Loopback);
        }

        await deployment.StartAsync(deployment.Head + "domains:\n"
            + Deployment.Entry(Api, Web, "allow: [\"GET /v1/**\", \"POST /v1/items\"], deny: [\"* /v1/secret/**\"], credential: {use: canary, header: Authorization, format: \"Bearer {value}\"}")
            + Deployment.Entry(Open, Web)
            + Deployment.Entry(ReadOnly, Web, "read_only: true")
            + Deployment.Entry(Socket, Web, "websocket: true, allow: [\"GET /ws\"]")
            + Deployment.Entry(Plain, PlainWeb, "scheme: http, allow: [\"GET /v1/**\"]")
            + Deployment.Entry(Pinned, Echo.Port, "tls: passthrough")
            // No addresses: the name is allowed, the address behind it is not.
            + $"  - {{domain: {PinnedLoop}, port: {Canary.Port}, tls: passthrough}}\n");
    }
}
