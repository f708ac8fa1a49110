// SPDX-License-Identifier: Apache-2.0
using Cagent.TestKit.Http;
using Cagent.TestKit.Tcp;

namespace Cagent.EndToEnd.Tests.Passthrough;

/// <summary>A name that is passed through to a server that records every byte, one that is inspected and has a credential, and one that is not listed.</summary>
public sealed class PassthroughDeployment : SharedDeployment
{
    public const string Pinned = "pin.example.com";
    public const string Api = "api.example.com";
    public const string Evil = "evil.example.com";

    /// <summary>What answers at the address of <see cref="Pinned"/>: raw bytes, recorded.</summary>
    public Canary Upstream { get; private set; } = null!;

    public Upstream Web { get; private set; } = null!;

    public Canary EvilServer { get; private set; } = null!;

    protected override async Task StartAsync(Deployment deployment)
    {
        Upstream = deployment.Internet.AddCanary(Pinned);
        EvilServer = deployment.Internet.AddCanary(Evil);
        Web = await deployment.Internet.AddHttpsAsync(Api);
        await deployment.StartAsync(deployment.Head + "domains:\n"
            + Deployment.Entry(Pinned, Upstream.Port, "tls: passthrough")
            + Deployment.Entry(Api, Web, "credential: {use: canary, header: Authorization}"));
    }
}
