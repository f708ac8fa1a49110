// SPDX-License-Identifier: Apache-2.0
using Cagent.TestKit.Http;

namespace Cagent.EndToEnd.Tests.Limits;

/// <summary>Entries that take bodies of a hundred bytes, and of a mebibyte.</summary>
public sealed class BodyLimitDeployment : SharedDeployment
{
    public const string Small = "small.example.com";
    public const string Large = "large.example.com";
    public const string Plain = "plain.example.com";
    public const int SmallLimit = 100;
    public const int LargeLimit = 1 << 20;

    public Upstream Web { get; private set; } = null!;

    public Upstream PlainWeb { get; private set; } = null!;

    protected override async Task StartAsync(Deployment deployment)
    {
        Web = await deployment.Internet.AddHttpsAsync(Small, certificateNames: [Small, Large]);
        PlainWeb = await deployment.Internet.AddHttpAsync(Plain);
        deployment.Internet.Dns.Set(Large, System.Net.IPAddress.Loopback);
        await deployment.StartAsync(deployment.Head + "domains:\n"
            + Deployment.Entry(Small, Web, "websocket: true, max_request_body: 100B, resilience: {retries: 3}")
            + Deployment.Entry(Large, Web, "max_request_body: 1MiB")
            + Deployment.Entry(Plain, PlainWeb, "scheme: http, websocket: true, max_request_body: 100B"));
    }
}
