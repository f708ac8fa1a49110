// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Cagent.Compiler.Authz;
using Cagent.Policy;
using Cagent.TestKit.Http;

namespace Cagent.EndToEnd.Tests.Differential;

/// <summary>One entry of each kind of rule, on one intercepted and one plain server, and the evaluator's table of the same text.</summary>
public sealed class DifferentialDeployment : SharedDeployment
{
    public const string Rules = "api.example.com";
    /// <summary>A second name of <see cref="Rules"/>.</summary>
    public const string Alias = "api.devbox.local";

    /// <summary>A second name of <see cref="Plain"/>.</summary>
    public const string PlainAlias = "plain.devbox.local";

    public const string Everything = "open.example.com";
    public const string ReadOnly = "ro.example.com";
    public const string Packages = "npm.example.com";
    public const string Wildcard = "x.wild.example.com";
    public const string Plain = "plain.example.com";
    public const string Pinned = "pin.example.com";

    /// <summary>The table that the evaluator asks.</summary>
    public AuthzTable Table { get; private set; } = AuthzTable.Empty;

    public int WebPort { get; private set; }

    public int PlainPort { get; private set; }

    public int PinnedPort { get; private set; }

    protected override async Task StartAsync(Deployment deployment)
    {
        Upstream web = await deployment.Internet.AddHttpsAsync(Rules, certificateNames: [Rules, Everything, ReadOnly, Packages]);
        Upstream plain = await deployment.Internet.AddHttpAsync(Plain);
        (WebPort, PlainPort, PinnedPort) = (web.Port, plain.Port, deployment.Internet.AddTlsEcho(Pinned).Port);
        foreach (string name in (string[])[Everything, ReadOnly, Packages, Wildcard])
        {
            deployment.Internet.Dns.Set(name, IPAddress.Loopback);
        }

        string policy = deployment.Head + "domains:\n"
            + Deployment.Entry(Rules, web, "alias: api, allow: [\"GET,HEAD /v1/**\", \"POST /v1/items\", \"PUT /v1/*/x\", \"GET /\", \"DELETE /v1/a/\"], deny: [\"* /v1/secret/**\", \"GET /v1/%40a\"], credential: {use: canary, header: Authorization}")
            + Deployment.Entry(Everything, web, "deny: [\"POST /admin/**\", \"* /a/b\"]")
            + Deployment.Entry(ReadOnly, web, "read_only: true, deny: [\"GET /secret/**\"]")
            + Deployment.Entry(Packages, web, "allow: [\"GET /*\", \"GET /@scope%2Fname/**\", \"GET /a/*/b\"]")
            + $"  - {{domain: \"*.wild.example.com\", port: {WebPort}, allow: [\"GET /v1/**\"]}}\n"
            + Deployment.Entry(Plain, plain, "scheme: http, alias: plain, allow: [\"GET,POST /v1/**\", \"GET /a\"], deny: [\"* /v1/secret/**\"]")
            + Deployment.Entry(Pinned, PinnedPort, "tls: passthrough");
        await deployment.StartAsync(policy);
        PolicyLoadResult loaded = PolicyLoader.Load(policy, "cagent.yaml");
        Assert.True(loaded.Policy is not null, string.Join('\n', loaded.Diagnostics));
        Table = AuthzTable.From(loaded.Policy);
    }
}
