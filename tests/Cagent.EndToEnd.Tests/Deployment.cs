// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Cagent.TestKit.Clients;
using Cagent.TestKit.Http;
using Cagent.TestKit.Internet;
using Cagent.TestKit.Processes;
using Cagent.TestKit.Sockets;

namespace Cagent.EndToEnd.Tests;

/// <summary>A test internet and, in front of it, the real <c>cagent up</c> with the real Envoy.</summary>
public sealed class Deployment : IAsyncDisposable
{
    private readonly ISocketFactory _sockets;
    private readonly List<CagentProcess> _earlier = [];

    /// <summary>A test internet on loopback, or wherever the options say.</summary>
    public Deployment(TestInternetOptions? internet = null)
    {
        _sockets = internet?.Sockets ?? HostSockets.Instance;
        Internet = TestInternet.Start(internet);
        Watch = new ByteWatch(new SecretForms(Secret).All);
    }

    /// <summary>Unique per run, and searched for in everything that a test can see. Its last characters make its URL-encoded form another one.</summary>
    public string Secret { get; } = "sk-canary-" + Guid.NewGuid().ToString("N") + "+/=";

    public TestInternet Internet { get; }

    /// <summary>Looks for <see cref="Secret"/> in all that agents get.</summary>
    public ByteWatch Watch { get; }

    /// <summary>Whether an upstream of the tests sends the agent what it was sent, credential and all: nothing that the proxy says.</summary>
    public bool HasEchoes { get; init; }

    public CagentProcess Cagent { get; private set; } = null!;

    public AgentProxy Proxy => new(Cagent.Proxy) { Sockets = _sockets, Watch = Watch };

    public RawProxy Raw => new(Proxy);

    /// <summary>What an agent trusts: our bundle, and the test internet's root for what is passed through.</summary>
    public X509Certificate2Collection Trust { get; } = [];

    /// <summary>The head of every policy: resolves through the test internet and trusts its CA.</summary>
    public string Head => $$"""
        version: 1
        dns: {upstream: ["{{Internet.PolicyDns}}"]}
        defaults:
          tls: {mode: intercept, trusted_ca: {{Internet.CaFile}}}
        credentials:
          canary: {from: env, name: CANARY_TOKEN}

        """;

    /// <summary>One entry that may reach the loopback servers of the test internet.</summary>
    public static string Entry(string host, int port, string more = "") =>
        $"  - {{domain: \"{host}\", port: {port}, addresses: [127.0.0.0/8]{(more.Length > 0 ? ", " + more : "")}}}\n";

    /// <summary>The same for an upstream.</summary>
    public static string Entry(string host, Upstream upstream, string more = "") => Entry(host, upstream.Port, more);

    /// <summary>
    /// Starts Cagent; the credential <c>canary</c> is set in its environment unless another environment is given. Once more, it starts on the port of
    /// before, and what ran before is disposed at the end: until then its Envoy is the next one's.
    /// </summary>
    public async Task StartAsync(string policy, CagentOptions? options = null)
    {
        options ??= new CagentOptions { Policy = policy };
        if (Cagent is not null)
        {
            _earlier.Add(Cagent);
            options = options with { Port = Cagent.Proxy.Port };
        }

        Cagent = await CagentProcess.StartAsync(options with
        {
            Policy = policy,
            Secrets = [Secret],
            Environment = options.Environment.ContainsKey("CANARY_TOKEN") ? options.Environment : options.Environment.SetItem("CANARY_TOKEN", Secret),
        });
        Trust.ImportFromPemFile(Path.Combine(Cagent.StateFolder, "interception-ca.pem"));
        Trust.ImportFromPemFile(Internet.CaFile);
    }

    /// <summary>A client that sends everything through the proxy.</summary>
    public ProxyHttp Http(bool http2 = false) => Http(Proxy, http2);

    /// <summary>The same for one of several agents.</summary>
    public ProxyHttp Http(AgentProxy agent, bool http2 = false) => new(agent, new ProxyHttpOptions { Trust = Trust, IsHttp2 = http2 });

    /// <summary>The proxy as an agent sees it that connects from an address of the loopback, or presents a token, or both.</summary>
    public AgentProxy Agent(string? source = null, string? authorization = null) => new(Cagent.Proxy)
    {
        Sockets = source is null ? _sockets : new SourceSockets(IPAddress.Parse(source)),
        Authorization = authorization,
        Watch = Watch,
    };

    /// <summary>A tunnel with TLS inside, for exact bytes. The server name is the host unless another is given; empty sends none.</summary>
    public Task<RawConnection> OpenAsync(string host, int port, string? serverName = null) =>
        Raw.ConnectTlsAsync($"{host}:{port}", new TlsClientOptions { ServerName = serverName ?? host, Trust = serverName is null ? Trust : null });

    /// <summary>Sends one request in exact bytes through a new tunnel.</summary>
    public async Task<RawResponse> SendAsync(string host, int port, string request)
    {
        await using RawConnection connection = await OpenAsync(host, port);
        await connection.SendAsync(request);
        return await connection.ReadResponseAsync(request.Split(' ')[0]);
    }

    /// <summary>Ends everything. Then the secret must have shown nowhere, whatever the tests did: an <see cref="InvalidOperationException"/> says where.</summary>
    public async ValueTask DisposeAsync()
    {
        string[] leaks = Cagent is null ? [] : await SecretSweep.FindAsync(Cagent, new SecretForms(Secret));
        if (Cagent is not null)
        {
            await Cagent.DisposeAsync();
        }

        foreach (CagentProcess cagent in _earlier)
        {
            await cagent.DisposeAsync();
        }

        await Internet.DisposeAsync();
        if (Watch.Hits > 0 && !HasEchoes)
        {
            leaks = [.. leaks, "what an agent received"];
        }

        if (leaks.Length > 0)
        {
            throw new InvalidOperationException($"The secret is in {string.Join(", ", leaks)}.");
        }
    }
}
