// SPDX-License-Identifier: Apache-2.0
using Cagent.TestKit.Http;

namespace Cagent.EndToEnd.Tests.Credentials;

/// <summary>One credential as bearer token, as password and in the query, over TLS and in clear.</summary>
public sealed class InjectionFormDeployment : SharedDeployment
{
    public const string User = "robot";
    public const string Parameter = "api_key";
    public const string Bearer = "bearer.example.com";
    public const string Several = "several.example.com";
    public const string Basic = "basic.example.com";
    public const string Query = "query.example.com";
    public const string Plain = "plain.example.com";

    public Upstream Web { get; private set; } = null!;

    public Upstream PlainWeb { get; private set; } = null!;

    protected override async Task StartAsync(Deployment deployment)
    {
        string[] names = [Bearer, Several, Basic, Query];
        Web = await deployment.Internet.AddHttpsAsync(Bearer, certificateNames: names);
        PlainWeb = await deployment.Internet.AddHttpAsync(Plain);
        foreach (string name in names)
        {
            deployment.Internet.Dns.Set(name, Web.EndPoint.Address);
        }

        await deployment.StartAsync(deployment.Head + "domains:\n"
            + Deployment.Entry(Bearer, Web, "credential: {use: canary, header: Authorization, format: \"Bearer {value}\"}")
            + Deployment.Entry(Several, Web, "credential: {use: canary, headers: {X-Api-Key: \"{value}\", Authorization: \"Bearer {value}\", X-Own: \"k {value}\"}}")
            + Deployment.Entry(Basic, Web, $"credential: {{use: canary, in: basic, username: {User}}}")
            + Deployment.Entry(Query, Web, $"allow: [\"* /upload\"], credential: {{use: canary, in: query, parameter: {Parameter}}}")
            + Deployment.Entry(Plain, PlainWeb, $"scheme: http, credential: {{use: canary, in: query, parameter: {Parameter}, insecure_credential: true}}"));
    }
}
