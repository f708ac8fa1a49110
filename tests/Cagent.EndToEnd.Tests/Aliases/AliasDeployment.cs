// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Cagent.TestKit.Http;

namespace Cagent.EndToEnd.Tests.Aliases;

/// <summary>Entries with a second name, which nobody's DNS knows.</summary>
public sealed class AliasDeployment : SharedDeployment
{
    public const string Git = "git.example.com";
    public const string GitAlias = "git.devbox.local";
    public const string Limited = "limited.example.com";
    public const string LimitedAlias = "limited.devbox.local";
    public const string Plain = "plain.example.com";
    public const string PlainAlias = "plain.devbox.local";

    public Upstream Web { get; private set; } = null!;

    public Upstream PlainWeb { get; private set; } = null!;

    protected override async Task StartAsync(Deployment deployment)
    {
        Web = await deployment.Internet.AddHttpsAsync(Git, certificateNames: [Git, Limited]);
        PlainWeb = await deployment.Internet.AddHttpAsync(Plain);
        deployment.Internet.Dns.Set(Limited, IPAddress.Loopback);
        await deployment.StartAsync(deployment.Head + "domains:\n"
            + Deployment.Entry(Git, Web, "alias: git, websocket: true, deny: [\"* /secret/**\"], credential: {use: canary, header: Authorization, format: \"Bearer {value}\"}")
            + Deployment.Entry(Limited, Web, "alias: limited, rate_limit: {requests: 3, per: day}")
            + Deployment.Entry(Plain, PlainWeb, "alias: plain, scheme: http, deny: [\"* /secret/**\"]"));
    }
}
