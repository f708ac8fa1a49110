// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Cagent.TestKit.Clients;
using Cagent.TestKit.Dns;
using Cagent.TestKit.Http;
using Cagent.TestKit.Internet;
using Cagent.TestKit.Processes;

namespace Cagent.Load;

/// <summary>Starts the real thing with many domains, watches it do nothing, then times edits.</summary>
internal static class IdleRun
{
    private const string Added = "added.example.com";
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(2);

    public static async Task<IdleReport> MeasureAsync(IdleOptions options)
    {
        TimeProvider time = TimeProvider.System;
        await using TestInternet internet = TestInternet.Start();
        Upstream upstream = await internet.AddHttpsAsync(Added, certificateNames: ["*.example.com", Added]);
        internet.Dns.Set("*.example.com", DnsAnswer.Of(options.Ttl, upstream.EndPoint.Address));
        internet.Dns.Set(Added, DnsAnswer.Of(options.Ttl, upstream.EndPoint.Address));
        string head = $"version: 1\ndns: {{upstream: [\"{internet.PolicyDns}\"]}}\ndefaults: {{tls: {{mode: intercept, trusted_ca: {internet.CaFile}}}}}\ndomains:\n";
        string policy = head + string.Concat(Enumerable.Range(0, options.Domains).Select(number => Entry($"d{number}.example.com", upstream.Port)));

        long start = time.GetTimestamp();
        await using CagentProcess cagent = await CagentProcess.StartAsync(new CagentOptions { Policy = policy, StartTimeout = StartLimit });
        TimeSpan ready = time.GetElapsedTime(start);
        int envoy = cagent.Process.Descendants("envoy").Single();
        using ProxyHttp http = Client(cagent);
        await UseAsync(http, options.Used, upstream.Port);
        await Task.Delay(Settling, time);

        (ProcessReading Envoy, ProcessReading Cagent) before = (ProcessReading.Of(envoy), ProcessReading.Of(cagent.Process.Id));
        long window = time.GetTimestamp();
        await Task.Delay(options.Window, time);
        TimeSpan elapsed = time.GetElapsedTime(window);
        (ProcessReading Envoy, ProcessReading Cagent) idle = (ProcessReading.Of(envoy), ProcessReading.Of(cagent.Process.Id));

        List<double> added = [];
        List<double> removed = [];
        string target = $"{Added}:{upstream.Port}";
        for (int edit = 0; edit < options.Edits; edit++)
        {
            added.Add(await EffectAsync(cagent, policy + Entry(Added, upstream.Port), async () => await ConnectsAsync(cagent, target) && await GetsAsync(cagent, $"https://{target}/")));
            removed.Add(await EffectAsync(cagent, policy, async () => !await ConnectsAsync(cagent, target)));
        }

        await Task.Delay(Settling + Settling, time); // longer than what is removed outlives its removal
        return new IdleReport(
            options, ready,
            idle.Envoy, idle.Envoy.PercentSince(before.Envoy, elapsed), idle.Cagent, idle.Cagent.PercentSince(before.Cagent, elapsed),
            Median(added), added.Max(), Median(removed), ProcessReading.Of(envoy), ProcessReading.Of(cagent.Process.Id), Refusals(cagent));
    }

    private static string Entry(string host, int port) => $"  - {{domain: {host}, port: {port}, addresses: [127.0.0.0/8], allow: [\"GET /**\"]}}\n";

    private static ProxyHttp Client(CagentProcess cagent)
    {
        X509Certificate2Collection trust = [];
        trust.ImportFromPemFile(Path.Combine(cagent.StateFolder, "interception-ca.pem"));
        return new ProxyHttp(new AgentProxy(cagent.Proxy), new ProxyHttpOptions { Trust = trust });
    }

    private static async Task UseAsync(ProxyHttp http, int count, int port)
    {
        for (int number = 0; number < count; number++)
        {
            using HttpResponseMessage response = await http.Client.GetAsync($"https://d{number}.example.com:{port}/");
            response.EnsureSuccessStatusCode();
        }
    }

    /// <summary>Milliseconds from the write of the file until the condition holds.</summary>
    private static async Task<double> EffectAsync(CagentProcess cagent, string policy, Func<Task<bool>> condition)
    {
        long start = TimeProvider.System.GetTimestamp();
        cagent.WritePolicy(policy);
        while (!await condition())
        {
            await Task.Delay(Pause, TimeProvider.System);
        }

        return TimeProvider.System.GetElapsedTime(start).TotalMilliseconds;
    }

    // Asked only once a tunnel opens, which costs the machine less to try than a client with TLS, while it should be busy with the edit.
    private static async Task<bool> GetsAsync(CagentProcess cagent, string address)
    {
        using ProxyHttp http = Client(cagent);
        try
        {
            using HttpResponseMessage response = await http.Client.GetAsync(address);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false; // the CONNECT was refused
        }
    }

    private static async Task<bool> ConnectsAsync(CagentProcess cagent, string target)
    {
        await using RawTunnel tunnel = await new RawProxy(new AgentProxy(cagent.Proxy)).ConnectAsync(target);
        return tunnel.IsOpen;
    }

    private static int Refusals(CagentProcess cagent)
    {
        using JsonDocument status = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(cagent.StateFolder, "status.json")));
        return status.RootElement.GetProperty("nacks").GetArrayLength();
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
