// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Cagent.TestKit.Dns;
using Cagent.TestKit.Http;
using Cagent.TestKit.Processes;
using Cagent.TestKit.Tcp;
using Microsoft.AspNetCore.Http;

namespace Cagent.EndToEnd.Tests.Limits;

/// <summary>Upstreams that fail as the tests say, and a name with a good address and one that always answers 503. One worker, so that bounds are exact.</summary>
public sealed class ResilienceDeployment : SharedDeployment
{
    public const string Retried = "retried.example.com";
    public const string Plain = "plain.example.com";
    public const string Default = "default.example.com";
    public const string Never = "never.example.com";
    public const string TwoAddresses = "two.example.com";
    public const string OneAddress = "one.example.com";
    public const string Narrow = "narrow.example.com";
    public const string NarrowPinned = "narrow-pinned.example.com";

    private static readonly IPAddress SecondAddress = IPAddress.Parse("127.0.0.2");

    private readonly Dictionary<string, TaskCompletionSource> _held = new(StringComparer.Ordinal) { ["http"] = new(), ["https"] = new() };

    public Upstream Web { get; private set; } = null!;

    public Upstream PlainWeb { get; private set; } = null!;

    public Upstream Good { get; private set; } = null!;

    public Upstream Bad { get; private set; } = null!;

    /// <summary>HTTP/1.1 only, so that each request that runs holds a connection.</summary>
    public Upstream Http1 { get; private set; } = null!;

    public TlsEcho Echo { get; private set; } = null!;

    /// <summary>A path whose answer is not finished before <see cref="Release"/>.</summary>
    public static string Held(string scheme) => "/held/" + scheme;

    /// <summary>What is held of a scheme ends.</summary>
    public void Release(string scheme) => _held[scheme].TrySetResult();

    protected override async Task StartAsync(Deployment deployment)
    {
        Web = await deployment.Internet.AddHttpsAsync(Retried, certificateNames: [Retried, Default, Never]);
        PlainWeb = await deployment.Internet.AddHttpAsync(Plain);
        Good = await deployment.Internet.AddHttpsAsync(TwoAddresses);
        Bad = await deployment.Internet.AddUpstreamAsync(TwoAddresses, new UpstreamOptions { Address = SecondAddress, Port = Good.Port, Certificate = deployment.Internet.Issue(TwoAddresses, OneAddress) });
        Http1 = await deployment.Internet.AddHttpsAsync(Narrow, http2: false);
        Echo = deployment.Internet.AddTlsEcho(NarrowPinned);
        deployment.Internet.Dns.Set(TwoAddresses, DnsAnswer.Of(IPAddress.Loopback, SecondAddress));
        deployment.Internet.Dns.Set(OneAddress, SecondAddress);
        deployment.Internet.Dns.Set(Default, IPAddress.Loopback);
        deployment.Internet.Dns.Set(Never, IPAddress.Loopback);
        Bad.Handle("/", context => AnswerAsync(context, 503));
        Http1.Handle(Held("https"), context => HoldAsync(context, "https"));
        PlainWeb.Handle(Held("http"), context => HoldAsync(context, "http"));
        await deployment.StartAsync(deployment.Head + "domains:\n"
            + Deployment.Entry(Retried, Web, "resilience: {retries: 2}")
            + Deployment.Entry(Plain, PlainWeb, "scheme: http, resilience: {retries: 2, max_connections: 2}")
            + Deployment.Entry(Default, Web)
            + Deployment.Entry(Never, Web, "resilience: {retries: 0}")
            + Deployment.Entry(TwoAddresses, Good, "resilience: {eject_after: 2}")
            + Deployment.Entry(OneAddress, Bad, "resilience: {eject_after: 1}")
            + Deployment.Entry(Narrow, Http1, "resilience: {max_connections: 2}")
            + Deployment.Entry(NarrowPinned, Echo.Port, "tls: passthrough, resilience: {max_connections: 2}"), new CagentOptions { Policy = "", Arguments = ["--envoy-concurrency", "1"] });
    }

    private async Task HoldAsync(HttpContext context, string scheme)
    {
        await context.Response.Body.FlushAsync();
        await _held[scheme].Task.WaitAsync(context.RequestAborted);
    }

    /// <summary>Lets a path fail some times, and then answer 200. Tells how often it was asked for.</summary>
    public static Func<int> Fail(Upstream upstream, string path, int times, Func<HttpContext, Task> fail)
    {
        int count = 0;
        upstream.Handle(path, context => Interlocked.Increment(ref count) <= times ? fail(context) : AnswerAsync(context, 200));
        return () => Volatile.Read(ref count);
    }

    public static Task AnswerAsync(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }

    public static Task ResetAsync(HttpContext context)
    {
        context.Abort();
        return Task.CompletedTask;
    }
}
