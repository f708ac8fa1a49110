// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Cagent.TestKit.Http;
using Cagent.TestKit.Tcp;

namespace Cagent.EndToEnd.Tests.Limits;

/// <summary>An entry for each test, because what one has drawn from a bucket is gone for another. Most buckets fill in hours, so that time plays no part.</summary>
public sealed class RateLimitDeployment : SharedDeployment
{
    public const string Told = "told.example.com";
    public const string Spelt = "spelt.example.com";
    public const string Denied = "denied.example.com";
    public const string Refilled = "refilled.example.com";
    public const string Shared = "shared.example.com";
    public const string Other = "other.example.com";
    public const string Http2 = "http2.example.com";
    public const string Unlimited = "unlimited.example.com";
    public const string Wildcard = "limited.example.net";
    public const string Plain = "plain.example.com";
    public const string Pinned = "pinned.example.com";

    public Upstream Web { get; private set; } = null!;

    public Upstream PlainWeb { get; private set; } = null!;

    public TlsEcho Echo { get; private set; } = null!;

    protected override async Task StartAsync(Deployment deployment)
    {
        string[] names = [Told, Spelt, Denied, Refilled, Shared, Other, Http2, Unlimited];
        Web = await deployment.Internet.AddHttpsAsync(Told, certificateNames: names);
        PlainWeb = await deployment.Internet.AddHttpAsync(Plain);
        Echo = deployment.Internet.AddTlsEcho(Pinned);
        foreach (string name in (string[])[.. names, "*." + Wildcard])
        {
            deployment.Internet.Dns.Set(name, IPAddress.Loopback);
        }

        const string ThreeAnHour = "rate_limit: {requests: 3, per: hour}";
        await deployment.StartAsync(deployment.Head + "domains:\n"
            + Deployment.Entry(Told, Web, ThreeAnHour)
            + Deployment.Entry(Spelt, Web, ThreeAnHour)
            + Deployment.Entry(Denied, Web, ThreeAnHour + ", allow: [\"GET /ok\"]")
            + Deployment.Entry(Refilled, Web, "rate_limit: {requests: 60, per: minute, burst: 2}")
            + Deployment.Entry(Shared, Web, "rate_limit: {requests: 3, per: hour, key: domain}")
            + Deployment.Entry(Other, Web, ThreeAnHour)
            + Deployment.Entry(Http2, Web, ThreeAnHour)
            + Deployment.Entry(Unlimited, Web)
            + $"  - {{domain: \"*.{Wildcard}\", port: {Web.Port}, {ThreeAnHour}}}\n"
            + Deployment.Entry(Plain, PlainWeb, "scheme: http, " + ThreeAnHour)
            + Deployment.Entry(Pinned, Echo.Port, "tls: passthrough, " + ThreeAnHour));
    }
}
