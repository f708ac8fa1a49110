// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Cagent.TestKit.Http;
using Microsoft.AspNetCore.Http;

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
    public const string Open = "open.example.com";
    public const string Plain = "plain.example.com";

    public Upstream Web { get; private set; } = null!;

    public Upstream PlainWeb { get; private set; } = null!;

    protected override async Task StartAsync(Deployment deployment)
    {
        string[] names = [Bearer, Several, Basic, Query, Open];
        Web = await deployment.Internet.AddHttpsAsync(Bearer, certificateNames: names);
        PlainWeb = await deployment.Internet.AddHttpAsync(Plain);
        foreach (string name in names)
        {
            deployment.Internet.Dns.Set(name, Web.EndPoint.Address);
        }

        Web.Handle("/moved", MoveAsync);
        await deployment.StartAsync(deployment.Head + "domains:\n"
            + Deployment.Entry(Bearer, Web, "credential: {use: canary, header: Authorization, format: \"Bearer {value}\"}")
            + Deployment.Entry(Several, Web, "credential: {use: canary, headers: {X-Api-Key: \"{value}\", Authorization: \"Bearer {value}\", X-Own: \"k {value}\"}}")
            + Deployment.Entry(Basic, Web, $"credential: {{use: canary, in: basic, username: {User}}}")
            + Deployment.Entry(Query, Web, $"allow: [\"* /upload\", \"GET /moved\"], credential: {{use: canary, in: query, parameter: {Parameter}}}")
            + Deployment.Entry(Open, Web)
            + Deployment.Entry(Plain, PlainWeb, $"scheme: http, credential: {{use: canary, in: query, parameter: {Parameter}, insecure_credential: true}}"));
    }

    /// <summary>To where the agent says, with the query that came.</summary>
    private static Task MoveAsync(HttpContext context)
    {
        string[] how = context.Request.Headers["x-redirect"].ToString().Split(' ');
        context.Response.StatusCode = int.Parse(how[0], CultureInfo.InvariantCulture);
        context.Response.Headers.Location = how[1] + context.Request.QueryString;
        return Task.CompletedTask;
    }
}
