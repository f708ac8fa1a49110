// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Cagent.TestKit.Clients;
using Cagent.TestKit.Http;
using Cagent.TestKit.Internet;
using Cagent.TestKit.NetworkNamespaces;
using Cagent.TestKit.Processes;
using Cagent.TestKit.Tcp;

namespace Cagent.EndToEnd.Tests.Transparent;

/// <summary>Two agents on machines of their own, without any proxy variable, and the proxy on their only way out.</summary>
public sealed class TransparentDeployment : SharedDeployment
{
    public const string Api = "api.example.com";
    public const string Other = "other.example.com";
    public const string Wild = "x.wild.example.org";
    public const string Pinned = "pin.example.net";
    public const string Plain = "plain.example.com";

    /// <summary>Each agent has an entry of its own for it, with a credential of its own.</summary>
    public const string Own = "own.example.com";

    public const string BlueSecret = "secret-of-blue-4711";
    public const string GreenSecret = "secret-of-green-0815";
    public static readonly IPAddress Public = IPAddress.Parse("198.41.0.20");
    public static readonly IPAddress Evil = IPAddress.Parse("198.41.0.66");
    public static readonly IPAddress Evil6 = IPAddress.Parse("2620:fe::66");
    public static readonly IPAddress PublicDns = IPAddress.Parse("8.8.8.8");
    private static readonly IPAddress PinnedAddress = IPAddress.Parse("198.41.0.21");
    private static readonly IPAddress Dns = IPAddress.Parse("198.41.0.53");
    private TransparentNetwork? _network;

    public TransparentNetwork Network => _network!;

    public Upstream Web { get; private set; } = null!;

    public Upstream PlainWeb { get; private set; } = null!;

    public TlsEcho Echo { get; private set; } = null!;

    /// <summary>Listen at evil's addresses and at a public DNS server's.</summary>
    public IReadOnlyList<Canary> Canaries { get; private set; } = [];

    public string PolicyText { get; private set; } = "";

    public AccessLogFile Log => new(Deployment.Cagent.StateFolder);

    protected override TestInternetOptions? Internet => new() { Address = Dns, Sockets = Network.Internet };

    /// <summary>Opens a connection as an agent does that knows of no proxy.</summary>
    public static Task<RawConnection> DialAsync(NetworkNamespace agent, IPAddress destination, int port, CancellationToken cancellationToken = default) =>
        RawConnection.DialAsync(new IPEndPoint(destination, port), agent, cancellationToken);

    /// <summary>The same with TLS.</summary>
    public async Task<RawConnection> OpenAsync(NetworkNamespace agent, string name, IPAddress? destination = null, int port = 443)
    {
        RawConnection connection = await DialAsync(agent, destination ?? Evil, port);
        try
        {
            return await connection.StartTlsAsync(new TlsClientOptions { ServerName = name, Trust = Deployment.Trust });
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>One request over TLS, or none, to wherever the agent dials.</summary>
    public async Task<RawResponse> SendAsync(NetworkNamespace agent, string name, IPAddress? destination = null, string path = "/x")
    {
        await using RawConnection connection = await OpenAsync(agent, name, destination);
        await connection.SendAsync($"GET {path} HTTP/1.1\r\nhost: {name}\r\n\r\n");
        return await connection.ReadResponseAsync();
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _network?.Dispose();
    }

    protected override bool CanStart()
    {
        if (TransparentFactAttribute.UnavailableReason is not null)
        {
            return false;
        }

        _network = new TransparentNetwork(Dns, Public, PinnedAddress, Evil, Evil6, PublicDns);
        return true;
    }

    protected override async Task StartAsync(Deployment deployment)
    {
        TestInternet internet = deployment.Internet;
        Web = await internet.AddUpstreamAsync(Api, new UpstreamOptions
        {
            Address = Public, Port = 443, Certificate = internet.Issue(Api, Other, Wild, Own), IsHttp2 = true, Sockets = Network.Internet,
        });
        PlainWeb = await internet.AddUpstreamAsync(Plain, new UpstreamOptions { Address = Public, Port = 80, Sockets = Network.Internet });
        Echo = TlsEcho.Start(new TlsEchoOptions { Address = PinnedAddress, Port = 443, Certificate = internet.Issue(Pinned), Sockets = Network.Internet });
        Canaries =
        [
            .. new[] { Evil, Evil6 }.SelectMany(address => new[] { 443, 80, 853, 8443 }.Select(port => internet.AddCanary("evil.example.net", new CanaryOptions { Address = address, Port = port }))),
            internet.AddCanary("dns.example.net", new CanaryOptions { Address = PublicDns, Port = 53 }),
        ];
        internet.Dns.Set("evil.example.net", Evil);
        internet.Dns.Set(Pinned, PinnedAddress);
        foreach (string name in (string[])[Other, Wild, Own])
        {
            internet.Dns.Set(name, Public);
        }

        PolicyText = Policy(deployment.Head);
        await deployment.StartAsync(PolicyText, new CagentOptions
        {
            Policy = "",
            Prefix = Network.Host.Prefix,
            Sockets = Network.Host,
            Address = TransparentNetwork.Gateway,
            Port = TransparentNetwork.Explicit,
            Arguments =
            [
                "--transparent-https", $"0.0.0.0:{TransparentNetwork.Https}", "--transparent-https", $"[::]:{TransparentNetwork.Https}",
                "--transparent-http", $"0.0.0.0:{TransparentNetwork.Http}", "--transparent-http", $"[::]:{TransparentNetwork.Http}",
            ],
            Environment = System.Collections.Immutable.ImmutableDictionary<string, string>.Empty.Add("BLUE_SECRET", BlueSecret).Add("GREEN_SECRET", GreenSecret),
        });
    }

    private static string Policy(string head) => head + $$"""
          of-blue: {from: env, name: BLUE_SECRET}
          of-green: {from: env, name: GREEN_SECRET}
        domains:
          - {domain: {{Api}}, credential: {use: canary, header: Authorization}, deny: ["GET /denied"]}
          - {domain: {{Other}} }
          - {domain: "*.wild.example.org"}
          - {domain: {{Pinned}}, tls: passthrough}
          - {domain: {{Plain}}, scheme: http, deny: ["GET /denied"] }
        agents:
          - name: blue
            identity: {source: [{{TransparentNetwork.BlueAddress}}/32, "fd00:c::2/128"]}
            domains:
              - {domain: {{Own}}, credential: {use: of-blue, header: Authorization} }
          - name: green
            identity: {source: [{{TransparentNetwork.GreenAddress}}/32, "fd00:c:1::2/128"]}
            domains:
              - {domain: {{Own}}, credential: {use: of-green, header: Authorization} }

        """;
}
