// SPDX-License-Identifier: Apache-2.0
using Cagent.TestKit.Clients;
using Cagent.TestKit.Files;
using Cagent.TestKit.Http;
using Cagent.TestKit.Processes;
using Cagent.TestKit.Tcp;
using Cagent.TestKit.Waiting;

namespace Cagent.EndToEnd.Tests.Faults;

/// <summary>
/// One inspected API with a credential, one pinned name, and Cagent in front of them on a state folder that outlives it: something
/// that works, to be disturbed. Every kill of Cagent leaves its Envoy to the next start.
/// </summary>
internal sealed class SteadySite : IAsyncDisposable
{
    public const string Host = "api.example.com";
    public const string PinnedHost = "pinned.example.com";
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly TemporaryFolder _state = new();
    private string? _revision; // of Policy, which never changes

    public Deployment Deployment { get; } = new();

    public Upstream Api { get; private set; } = null!;

    public TlsEcho Pinned { get; private set; } = null!;

    public CagentProcess Cagent => Deployment.Cagent;

    public string StateFolder => _state.Path;

    public StatusDocument Status => StatusDocument.Read(StateFolder);

    public int EnvoyPid => Assert.Single(Cagent.Process.Descendants("envoy"));

    /// <summary>Everything that the tests need stands here, one thing a line, so that an edit is one replaced line.</summary>
    public string Policy => $$"""
        version: 1
        dns: {upstream: ["{{Deployment.Internet.PolicyDns}}"]}
        defaults:
          tls: {mode: intercept, trusted_ca: {{Deployment.Internet.CaFile}}}
        credentials:
          canary: {from: env, name: CANARY_TOKEN}
        domains:
          - domain: {{Host}}
            port: {{Api.Port}}
            addresses: [127.0.0.0/8]
            websocket: true
            allow: ["GET /status/**", "GET /ws"]
            credential: {use: canary, header: Authorization, format: "Bearer {value}"}
          - {domain: {{PinnedHost}}, port: {{Pinned.Port}}, addresses: [127.0.0.0/8], tls: passthrough}

        """;

    public static async Task<SteadySite> StartAsync(bool startsCagent = true)
    {
        SteadySite site = new();
        try
        {
            site.Api = await site.Deployment.Internet.AddHttpsAsync(Host);
            site.Pinned = site.Deployment.Internet.AddTlsEcho(PinnedHost);
            if (startsCagent)
            {
                await site.StartCagentAsync(site.Policy);
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
    public async Task StartCagentAsync(string policy, bool waitsForReady = true, params string[] arguments)
    {
        Directory.CreateDirectory(StateFolder);
        await Deployment.StartAsync(policy, new CagentOptions
        {
            Policy = policy, StateFolder = StateFolder, Arguments = [.. arguments, "--envoy-concurrency", "1"], WaitsForReady = waitsForReady,
        });
    }

    /// <summary>The status of a GET, or of the refused CONNECT before it; 0 when there was no answer.</summary>
    public async Task<int> GetAsync(ProxyHttp http, string path, string host = Host, int? port = null)
    {
        try
        {
            using HttpResponseMessage response = await http.Client.GetAsync($"https://{host}:{port ?? Api.Port}{path}");
            return (int)response.StatusCode;
        }
        catch (HttpRequestException e)
        {
            return (e as ProxyRefusedException ?? e.InnerException as ProxyRefusedException)?.Response.Status ?? 0;
        }
    }

    /// <summary>The same over a new connection.</summary>
    public async Task<int> GetAsync(string path, string host = Host, int? port = null)
    {
        using ProxyHttp http = Deployment.Http();
        return await GetAsync(http, path, host, port);
    }

    /// <summary>The policy still allows what it allowed, with the credential, and still forbids what it forbade.</summary>
    public async Task AssertServesAsync()
    {
        Api.Clear();
        Assert.Equal(200, await GetAsync("/status/200"));
        // More than one when an edit that narrowed the entry just cut the tunnel: .NET's client repeats a GET that got no answer.
        IReadOnlyList<RecordedRequest> served = Api.Requests;
        Assert.NotEmpty(served);
        Assert.All(served, request => Assert.True(request.Header("authorization") == $"Bearer {Deployment.Secret}", "the upstream did not get the credential"));
        Assert.Equal(403, await GetAsync("/forbidden"));
        Assert.Equal(403, await GetAsync("/status/200", "other.example.com"));
        Assert.Equal(served.Count, Api.Requests.Count);
    }

    /// <summary>Waits until <c>status.json</c> says something, and gives it.</summary>
    public async Task<StatusDocument> WaitForStatusAsync(Func<StatusDocument, bool> condition, string what)
    {
        StatusDocument? status = null;
        await Cagent.WaitUntilAsync(() => File.Exists(Path.Combine(StateFolder, "status.json")) && condition(status = Status), Limit, $"status.json with {what}");
        return status!;
    }

    /// <summary>
    /// Puts <see cref="Policy"/> back and waits until it is in force: the revision decides, because right after the write the
    /// status may still be the "effective" of the edit before.
    /// </summary>
    public async Task<StatusDocument> RestorePolicyAsync()
    {
        _revision ??= (await WaitForStatusAsync(status => status.State == "effective", "the policy of the start")).Revision;
        Cagent.WritePolicy(Policy);
        return await WaitForStatusAsync(status => status.State == "effective" && status.Revision == _revision, "the good policy");
    }

    /// <summary>Opens a tunnel to the pinned name.</summary>
    public Task<RawConnection> OpenPinnedAsync() => Deployment.Raw.ConnectTlsAsync(
        $"{PinnedHost}:{Pinned.Port}", new TlsClientOptions { ServerName = PinnedHost, Trust = Deployment.Trust });

    /// <summary>How long until a new connection gets a 200, from now.</summary>
    public async Task<TimeSpan> MeasureRecoveryAsync()
    {
        long start = TimeProvider.System.GetTimestamp();
        await Eventually.TrueAsync(async () => await GetAsync("/status/200") == 200, Limit, "a 200");
        return TimeProvider.System.GetElapsedTime(start);
    }

    public async ValueTask DisposeAsync()
    {
        await Deployment.DisposeAsync();
        _state.Dispose();
    }
}
