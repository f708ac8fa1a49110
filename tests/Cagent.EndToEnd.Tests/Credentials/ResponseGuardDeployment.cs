// SPDX-License-Identifier: Apache-2.0
using System.Net.WebSockets;
using System.Text;
using Cagent.TestKit.Http;
using Microsoft.AspNetCore.Http;

namespace Cagent.EndToEnd.Tests.Credentials;

/// <summary>One credential in each place, at upstreams that send back in headers and trailers what they were sent, in every spelling that they can think of.</summary>
public sealed class ResponseGuardDeployment : SharedDeployment
{
    public const string User = "robot";
    public const string Parameter = "api_key";
    public const string Bearer = "bearer.example.com";
    public const string Several = "several.example.com";
    public const string Basic = "basic.example.com";
    public const string Query = "query.example.com";
    public const string Formatted = "formatted.example.com";
    public const string Open = "open.example.com";
    public const string Plain = "plain.example.com";

    public Upstream Web { get; private set; } = null!;

    public Upstream PlainWeb { get; private set; } = null!;

    private string Secret => Deployment.Secret;

    protected override async Task StartAsync(Deployment deployment)
    {
        string[] names = [Bearer, Several, Basic, Query, Formatted, Open];
        Web = await deployment.Internet.AddHttpsAsync(Bearer, certificateNames: names);
        PlainWeb = await deployment.Internet.AddHttpAsync(Plain);
        foreach (string name in names)
        {
            deployment.Internet.Dns.Set(name, Web.EndPoint.Address);
        }

        foreach (Upstream upstream in (Upstream[])[Web, PlainWeb])
        {
            upstream.Handle("/echo", EchoAsync);
            upstream.Handle("/large", LargeAsync);
            upstream.Handle("/socket", SocketAsync);
        }

        string query = $"credential: {{use: canary, in: query, parameter: {Parameter}";
        await deployment.StartAsync(deployment.Head + "domains:\n"
            + Deployment.Entry(Bearer, Web, "websocket: true, credential: {use: canary, header: Authorization, format: \"Bearer {value}\"}")
            + Deployment.Entry(Several, Web, "credential: {use: canary, headers: {X-Api-Key: \"{value}\", X-Own: \"key={value};v=2\"}}")
            + Deployment.Entry(Basic, Web, $"credential: {{use: canary, in: basic, username: {User}}}")
            + Deployment.Entry(Query, Web, $"{query}}}")
            + Deployment.Entry(Formatted, Web, $"{query}, format: \"key {{value}}/end\"}}")
            + Deployment.Entry(Open, Web)
            + Deployment.Entry(Plain, PlainWeb, $"scheme: http, {query}, insecure_credential: true}}"));
    }

    /// <summary>Headers by what is done to the credential; the status is the agent's choice.</summary>
    private Task EchoAsync(HttpContext context)
    {
        context.Response.StatusCode = int.Parse(context.Request.Headers["x-status"].FirstOrDefault() ?? "200", System.Globalization.CultureInfo.InvariantCulture);
        IHeaderDictionary headers = context.Response.Headers;
        headers["x-clean"] = "as it was";
        headers["x-raw"] = Secret;
        headers["x-several"] = $"{Secret}, and {Secret}";
        headers.SetCookie = new[] { "a=1", $"session={Secret}; Path=/", "b=2" };
        headers.Location = $"https://other.example.com{context.Request.Path}{context.Request.QueryString}#{Uri.EscapeDataString(Secret)}";
        headers["x-sent"] = context.Request.Headers.Authorization.FirstOrDefault() ?? context.Request.Headers["x-own"].FirstOrDefault() ?? context.Request.QueryString.Value;
        headers["x-upper"] = Secret.ToUpperInvariant();
        headers["x-percent"] = Percent(Secret);
        headers["x-percent-twice"] = Uri.EscapeDataString(Percent(Secret));
        headers["x-json"] = $"{{\"token\":\"{Secret.Replace("+", "\\u002b", StringComparison.Ordinal).Replace("/", "\\/", StringComparison.Ordinal)}\"}}";
        headers["x-hex"] = Convert.ToHexString(Encoding.ASCII.GetBytes(Secret));
        headers["x-in-the-name-" + Convert.ToHexStringLower(Encoding.ASCII.GetBytes(Secret))] = "1";
        for (int before = 0; before < 3; before++)
        {
            string encoded = Convert.ToBase64String(Encoding.ASCII.GetBytes($"{new string('x', before)}{Secret}-and-more"));
            headers[$"x-base64-{before}"] = encoded;
            headers[$"x-base64-url-{before}"] = encoded.Replace('+', '-').Replace('/', '_').TrimEnd('=');
        }

        if (context.Response.SupportsTrailers())
        {
            context.Response.AppendTrailer("x-trailer", $"of {Secret}");
            context.Response.AppendTrailer("x-clean-trailer", "as it was");
        }

        return context.Response.WriteAsync("body");
    }

    private Task LargeAsync(HttpContext context)
    {
        context.Response.Headers["x-large"] = string.Concat(Enumerable.Repeat($"{new string('y', 1000)}{Secret}", 40));
        return Task.CompletedTask;
    }


    private async Task SocketAsync(HttpContext context)
    {
        context.Response.Headers["x-raw"] = Secret;
        using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync();
        await socket.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, context.RequestAborted);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, context.RequestAborted);
    }

    private static string Percent(string text) => string.Concat(text.Select(c => $"%{(int)c:x2}"));
}
