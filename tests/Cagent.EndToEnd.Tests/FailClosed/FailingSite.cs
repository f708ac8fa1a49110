// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Diagnostics;
using System.Net.WebSockets;
using System.Security.Authentication;
using System.Text;
using Cagent.TestKit.Clients;
using Cagent.TestKit.Files;
using Cagent.TestKit.Http;
using Cagent.TestKit.Processes;
using Cagent.TestKit.Tcp;
using Cagent.TestKit.Waiting;

namespace Cagent.EndToEnd.Tests.FailClosed;

/// <summary>
/// One entry of each way and a canary behind what is not allowed. What works is opened before the fault; during it the same is tried anew,
/// beside what was never allowed.
/// </summary>
internal sealed class FailingSite : IAsyncDisposable
{
    public const string Host = "api.example.com";
    public const string Plain = "plain.example.com";
    public const string Pinned = "pinned.example.com";
    public const string Evil = "evil.example.com";
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly TemporaryFolder _state = new();
    private readonly TemporaryFolder _credentials = new();
    private ClientWebSocket? _webSocket;
    private RawConnection? _kept;

    public Deployment Deployment { get; } = new();

    public CagentProcess Cagent => Deployment.Cagent;

    public string StateFolder => _state.Path;

    public string CredentialFile => _credentials.Combine("token");

    public Upstream Web { get; private set; } = null!;

    public Upstream PlainWeb { get; private set; } = null!;

    public TlsEcho Echo { get; private set; } = null!;

    public Canary Canary { get; private set; } = null!;

    public int EnvoyPid => Assert.Single(Cagent.Process.Descendants("envoy"));

    public string Policy => $$"""
        version: 1
        dns: {upstream: ["{{Deployment.Internet.PolicyDns}}"]}
        defaults:
          tls: {mode: intercept, trusted_ca: "{{Deployment.Internet.CaFile}}" }
        credentials:
          file: {from: file, path: "{{CredentialFile}}" }
        domains:
          - {domain: {{Host}}, port: {{Web.Port}}, addresses: [127.0.0.0/8], websocket: true, allow: ["GET /status/200", "GET /ws"], credential: {use: file, header: Authorization} }
          - {domain: second.example.com, port: {{Web.Port}}, addresses: [127.0.0.0/8], allow: ["GET /status/200"]}
          - {domain: {{Plain}}, scheme: http, port: {{PlainWeb.Port}}, addresses: [127.0.0.0/8], allow: ["GET /status/200"]}
          - {domain: {{Pinned}}, port: {{Echo.Port}}, addresses: [127.0.0.0/8], tls: passthrough}

        """;

    public static async Task<FailingSite> StartAsync(bool startsCagent = true, ImmutableDictionary<string, string>? environment = null)
    {
        FailingSite site = new();
        try
        {
            site.Web = await site.Deployment.Internet.AddHttpsAsync(Host, certificateNames: [Host, "second.example.com"]);
            site.Deployment.Internet.Dns.Set("second.example.com", site.Web.EndPoint.Address);
            site.PlainWeb = await site.Deployment.Internet.AddHttpAsync(Plain);
            site.Echo = site.Deployment.Internet.AddTlsEcho(Pinned);
            site.Canary = site.Deployment.Internet.AddCanary(Evil);
            await File.WriteAllTextAsync(site.CredentialFile, site.Deployment.Secret);
            if (startsCagent)
            {
                await site.StartCagentAsync(site.Policy, environment);
                await site.OpenAsync();
            }

            return site;
        }
        catch
        {
            await site.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts Cagent, again on the same port and state when it ran before.</summary>
    public async Task StartCagentAsync(string policy, ImmutableDictionary<string, string>? environment = null)
    {
        Directory.CreateDirectory(StateFolder);
        await Deployment.StartAsync(policy, new CagentOptions
        {
            Policy = policy, StateFolder = StateFolder, Arguments = ["--envoy-concurrency", "1"], Environment = environment ?? ImmutableDictionary<string, string>.Empty,
        });
    }

    /// <summary>Everything works; a WebSocket and a tunnel are left open.</summary>
    public async Task OpenAsync()
    {
        Assert.Equal("http: 200; intercepted: 200; pass-through: works", await TryAllAsync());
        _webSocket = await Deployment.Http().OpenWebSocketAsync(new Uri($"wss://{Host}:{Web.Port}/ws"));
        _kept = await Deployment.OpenAsync(Host, Web.Port);
    }

    /// <summary>What becomes of a new request or tunnel of each way, and of the WebSocket that was open.</summary>
    public async Task<string> OutcomeAsync()
    {
        string[] tried = await Task.WhenAll(TryAllAsync(), WebSocketAsync());
        return $"{tried[0]}; open WebSocket: {tried[1]}";
    }

    /// <summary>Nothing that the policy never allowed gets anywhere, on new connections or in the tunnel that was open.</summary>
    public async Task AssertStaysClosedAsync()
    {
        long arrived = Arrived("/forbidden");
        string[] tried = await Task.WhenAll(
            TryAsync(() => RequestAsync($"http://{Evil}:{Canary.Port}/", $"{Evil}:{Canary.Port}")),
            TryAsync(() => RequestAsync($"http://{Plain}:{PlainWeb.Port}/forbidden", $"{Plain}:{PlainWeb.Port}")),
            TryAsync(() => ConnectAsync($"{Evil}:{Canary.Port}")),
            TryAsync(() => ConnectAsync($"127.0.0.1:{Canary.Port}")),
            TryAsync(() => InsideAsync("/forbidden")),
            TryAsync(async () =>
            {
                if (_kept is null)
                {
                    return "none was open";
                }

                await _kept.SendAsync($"GET /forbidden HTTP/1.1\r\nhost: {Host}:{Web.Port}\r\n\r\n");
                return Answer(await _kept.ReadResponseAsync());
            }));
        Assert.All(tried, answer => Assert.DoesNotContain("200", answer, StringComparison.Ordinal));
        Assert.Equal(arrived, Arrived("/forbidden"));
        Assert.Equal(0, Canary.ConnectionCount);
    }

    /// <summary>Everything works again, without a restart of anything that still ran.</summary>
    public Task RecoversAsync() => Eventually.TrueAsync(async () => await TryAllAsync() == "http: 200; intercepted: 200; pass-through: works", Limit, "everything to work again");

    public static void Kill(int pid)
    {
        using Process process = Process.GetProcessById(pid);
        process.Kill();
    }

    /// <summary>A request in a new tunnel to a host that nobody asked for before.</summary>
    public Task<string> SecondAsync() => TryAsync(() => InsideAsync("/status/200", "second.example.com"));

    public async ValueTask DisposeAsync()
    {
        _webSocket?.Dispose();
        await (_kept?.DisposeAsync() ?? ValueTask.CompletedTask);
        await Deployment.DisposeAsync();
        _state.Dispose();
        _credentials.Dispose();
    }

    private long Arrived(string path) => Web.Requests.Concat(PlainWeb.Requests).Count(request => request.Path == path);

    private async Task<string> TryAllAsync()
    {
        string[] tried = await Task.WhenAll(
            TryAsync(() => RequestAsync($"http://{Plain}:{PlainWeb.Port}/status/200", $"{Plain}:{PlainWeb.Port}")), TryAsync(() => InsideAsync("/status/200")), TryAsync(EchoAsync));
        return $"http: {tried[0]}; intercepted: {tried[1]}; pass-through: {tried[2]}";
    }

    private static async Task<string> TryAsync(Func<Task<string>> attempt)
    {
        try
        {
            return await attempt();
        }
        catch (OperationCanceledException)
        {
            return "no answer";
        }
        catch (System.Net.Sockets.SocketException)
        {
            return "connection refused";
        }
        catch (Exception exception) when (exception is IOException or AuthenticationException or InvalidDataException)
        {
            return "closed";
        }
    }

    private async Task<string> RequestAsync(string target, string host)
    {
        await using RawConnection door = await Deployment.Raw.DialAsync();
        door.Timeout = Limit;
        await door.SendAsync($"GET {target} HTTP/1.1\r\nhost: {host}\r\n\r\n");
        return Answer(await door.ReadResponseAsync());
    }

    private async Task<string> ConnectAsync(string target)
    {
        await using RawTunnel tunnel = await Deployment.Raw.ConnectAsync(target);
        return Answer(tunnel.Response);
    }

    private async Task<string> InsideAsync(string path, string host = Host)
    {
        await using RawTunnel tunnel = await Deployment.Raw.ConnectAsync($"{host}:{Web.Port}");
        if (!tunnel.IsOpen)
        {
            return Answer(tunnel.Response);
        }

        tunnel.Connection.Timeout = Limit;
        await using RawConnection inside = await tunnel.Connection.StartTlsAsync(new TlsClientOptions { ServerName = host, Trust = Deployment.Trust });
        await inside.SendAsync($"GET {path} HTTP/1.1\r\nhost: {host}:{Web.Port}\r\n\r\n");
        return Answer(await inside.ReadResponseAsync());
    }

    private async Task<string> EchoAsync()
    {
        await using RawTunnel tunnel = await Deployment.Raw.ConnectAsync($"{Pinned}:{Echo.Port}");
        if (!tunnel.IsOpen)
        {
            return Answer(tunnel.Response);
        }

        await using RawConnection inside = await tunnel.Connection.StartTlsAsync(new TlsClientOptions { ServerName = Pinned, Trust = Deployment.Trust });
        await inside.SendAsync("ping");
        return Encoding.ASCII.GetString(await inside.ReadBytesAsync(4)) == "ping" ? "works" : "garbage";
    }

    private async Task<string> WebSocketAsync()
    {
        if (_webSocket is null)
        {
            return "none was open";
        }

        try
        {
            using CancellationTokenSource limit = new(Limit, TimeProvider.System);
            await _webSocket.SendAsync("ping"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, limit.Token);
            byte[] buffer = new byte[16];
            WebSocketReceiveResult received = await _webSocket.ReceiveAsync(buffer, limit.Token);
            return Encoding.ASCII.GetString(buffer, 0, received.Count) == "ping" ? "lives" : "garbage";
        }
        catch (Exception exception) when (exception is WebSocketException or IOException)
        {
            return "ended";
        }
    }

    private static string Answer(RawResponse response) => $"{response.Status} {response.DeniedReason}".TrimEnd();
}
