// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Cagent.TestKit.Certificates;
using Cagent.TestKit.Clients;
using Cagent.TestKit.Files;
using Cagent.TestKit.Http;
using Cagent.TestKit.Processes;
using Cagent.TestKit.Sockets;

namespace Cagent.EndToEnd.Tests.Agents;

/// <summary>
/// Agents that are known by the listener they connect to, a port or a Unix socket, and by the SPIFFE ID of their certificate, beside one known by
/// its address and one by its token. Each of them has a credential of its own on one host.
/// </summary>
public sealed class ConnectionsDeployment : SharedDeployment
{
    /// <summary>Each agent's own entry, with its own credential.</summary>
    public const string Host = "each.example.com";
    public const string Plain = "plain.example.com";

    public const string Domain = "example.org";
    public const string OtherDomain = "partner.example";
    public const string BlueAddress = "127.0.0.2";
    public const string BoundAddress = "127.0.0.6";

    public const string CiToken = "ci-token-81be60c4d2";
    public const string GuardedToken = "guarded-token-33f1ab09";
    public const string LockedToken = "locked-token-5dd0e8c712";

    /// <summary>Everybody but those in quarantine.</summary>
    public static readonly string[] Names = ["batch", "box", "guarded", "blue", "ci", "web", "fleet", "locked", "bound", "partner", "batch-tls"];

    private readonly TemporaryFolder _folder = new();
    private readonly List<X509Certificate2> _certificates = [];

    public TestCa Ca { get; } = new("Agents of example.org");

    public TestCa OtherCa { get; } = new("Agents of partner.example");

    public TestCa UnknownCa { get; } = new("Agents of nobody");

    public Upstream Web { get; private set; } = null!;

    public Upstream PlainWeb { get; private set; } = null!;

    public IPEndPoint Batch { get; } = new(IPAddress.Loopback, FreePort.Find(IPAddress.Loopback));

    public IPEndPoint Guarded { get; } = new(IPAddress.Loopback, FreePort.Find(IPAddress.Loopback));

    public IPEndPoint BatchTls { get; } = new(IPAddress.Loopback, FreePort.Find(IPAddress.Loopback));

    public IPEndPoint MutualTls { get; } = new(IPAddress.Loopback, FreePort.Find(IPAddress.Loopback));

    public string BoxSocket => _folder.Combine("box.sock");

    public string HaltedSocket => _folder.Combine("halted.sock");

    /// <summary>The credential of an agent.</summary>
    public static string SecretOf(string agent) => $"secret-of-{agent}-{agent.Length}7";

    /// <summary>The proxy as an agent reaches it.</summary>
    public AgentProxy Of(string agent) => agent switch
    {
        "batch" => At(Batch),
        "box" => new(Batch) { SocketPath = BoxSocket, Watch = Deployment.Watch },
        "guarded" => At(Guarded, AgentProxy.Basic("guarded", GuardedToken)),
        "blue" => Deployment.Agent(BlueAddress),
        "ci" => Deployment.Agent(authorization: "Bearer " + CiToken),
        "web" => WithCertificate(Ca, $"spiffe://{Domain}/agents/web"),
        "fleet" => WithCertificate(Ca, $"spiffe://{Domain}/fleet/seven"),
        "locked" => WithCertificate(Ca, $"spiffe://{Domain}/agents/locked", AgentProxy.Basic("", LockedToken)),
        "bound" => WithCertificate(Ca, $"spiffe://{Domain}/agents/bound", source: BoundAddress),
        "partner" => WithCertificate(OtherCa, $"spiffe://{OtherDomain}/agents/web"),
        "batch-tls" => WithCertificate(Ca, $"spiffe://{Domain}/agents/batch", at: BatchTls),
        _ => throw new ArgumentOutOfRangeException(nameof(agent)),
    };

    public AgentProxy At(IPEndPoint endPoint, string? authorization = null, string? source = null) => new(endPoint)
    {
        Authorization = authorization,
        Sockets = source is null ? HostSockets.Instance : new SourceSockets(IPAddress.Parse(source)),
        Watch = Deployment.Watch,
    };

    public AgentProxy WithCertificate(TestCa ca, string name, string? authorization = null, string? source = null, IPEndPoint? at = null) =>
        With(ca.IssueClient(name), authorization, source, at);

    public AgentProxy With(X509Certificate2? certificate, string? authorization = null, string? source = null, IPEndPoint? at = null)
    {
        if (certificate is not null)
        {
            lock (_certificates)
            {
                _certificates.Add(certificate);
            }
        }

        return new AgentProxy(at ?? MutualTls)
        {
            Authorization = authorization,
            Sockets = source is null ? HostSockets.Instance : new SourceSockets(IPAddress.Parse(source)),
            Watch = Deployment.Watch,
            Tls = new TlsClientOptions { ServerName = "localhost", Trust = Deployment.Trust, ClientCertificate = certificate },
        };
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _certificates.ForEach(certificate => certificate.Dispose());
        Ca.Dispose();
        OtherCa.Dispose();
        UnknownCa.Dispose();
        _folder.Dispose();
    }

    protected override async Task StartAsync(Deployment deployment)
    {
        Web = await deployment.Internet.AddHttpsAsync(Host);
        PlainWeb = await deployment.Internet.AddHttpAsync(Plain);
        await deployment.StartAsync(Policy(deployment), new CagentOptions
        {
            Policy = "",
            Arguments =
            [
                "--agent-listener", $"batch={Batch}", "--agent-listener", $"guarded={Guarded}", "--agent-listener", $"batch-tls={BatchTls}", "--agent-sockets", _folder.Path,
                "--mtls-listen", MutualTls.ToString(), "--mtls-name", "proxy.internal",
                "--trust-bundle", $"{Domain}={Ca.RootFile}", "--trust-bundle", $"{OtherDomain}={OtherCa.RootFile}",
            ],
            Environment = Names.ToImmutableDictionary(Variable, SecretOf)
                .Add("CI_TOKEN", CiToken).Add("GUARDED_TOKEN", GuardedToken).Add("LOCKED_TOKEN", LockedToken),
        });
    }

    private string Policy(Deployment deployment) => deployment.Head
        + string.Concat(Names.Select(agent => $"  {agent}: {{from: env, name: {Variable(agent)}}}\n"))
        + "domains:\n"
        + Deployment.Entry(Plain, PlainWeb, "scheme: http")
        + "agents:\n"
        + Agent("batch", "listener: batch")
        + Agent("box", "listener: box")
        + Agent("guarded", "listener: guarded, token: {from: env, name: GUARDED_TOKEN}")
        + Agent("blue", $"source: {BlueAddress}")
        + Agent("ci", "token: {from: env, name: CI_TOKEN}")
        + Agent("web", $"spiffe: \"spiffe://{Domain}/agents/web\"")
        + Agent("fleet", $"spiffe: \"spiffe://{Domain}/fleet/*\"")
        + Agent("locked", $"spiffe: \"spiffe://{Domain}/agents/locked\", token: {{from: env, name: LOCKED_TOKEN}}")
        + Agent("bound", $"spiffe: \"spiffe://{Domain}/agents/bound\", source: {BoundAddress}")
        + Agent("partner", $"spiffe: \"spiffe://{OtherDomain}/agents/web\"")
        + Agent("batch-tls", $"spiffe: \"spiffe://{Domain}/agents/batch\", listener: batch-tls")
        + $"  - {{name: stopped, quarantined: true, identity: {{spiffe: \"spiffe://{Domain}/agents/stopped\"}}}}\n"
        + "  - {name: halted, quarantined: true, identity: {listener: halted}}\n";

    private static string Variable(string agent) => "SECRET_OF_" + agent.Replace('-', '_').ToUpperInvariant();

    private string Agent(string name, string identity) =>
        $"  - name: {name}\n    identity: {{{identity}}}\n    domains:\n    {Deployment.Entry(Host, Web, $"credential: {{use: {name}, header: Authorization}}")}";
}
