// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Cagent.Budgets;
using Cagent.Admin.Statuses;
using Cagent.Contracts.Admin.V1;
using Cagent.ControlPlane;
using Cagent.ControlPlane.Envoys;
using Cagent.ControlPlane.Publishing;
using Cagent.ControlPlane.Unix;
using Cagent.Grpc.Client;
using Cagent.Grpc.Server;
using Cagent.Secrets;
using Cagent.TestKit.Files;
using Cagent.TestKit.Logging;
using Cagent.Xds;
using Envoy.Service.Discovery.V3;
using Google.Protobuf;
using Grpc.Health.V1;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Cagent.Admin.Tests;

/// <summary>A control plane without an Envoy, with its admin API and its xDS on Unix sockets.</summary>
internal sealed class AdminHost : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ServiceProvider _services;
    private readonly GrpcServer _server;
    private readonly HttpChannel _channel;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _following;

    private AdminHost(string policy, bool allowsVulnerable)
    {
        WritePolicy(policy);
        SocketPaths sockets = SocketPaths.Choose(_folder.Path);
        ApiSocket = sockets.Api;
        _services = new ServiceCollection()
            .AddSingleton(TimeProvider.System)
            .AddMetrics()
            .AddLogging(logging => logging.Services.AddSingleton<ILoggerFactory>(Logs))
            .AddSingleton(provider => new XdsServerOptions { Authorizer = provider.GetRequiredService<EnvoyVersionGate>() })
            .AddSingleton<XdsServer>()
            .AddCagentSecrets(options => options.StateFolder = _folder.Path)
            .AddControlPlane(new ControlPlaneOptions
            {
                PolicyFile = PolicyFile,
                RevisionsFolder = Directory.CreateDirectory(_folder.Combine("revisions")).FullName,
                QuarantineFile = QuarantineFile,
                Deployment = new DeploymentInputs(new IPEndPoint(IPAddress.Loopback, 3128), [new IPEndPoint(IPAddress.Loopback, 53)], ByteString.Empty),
                AllowVulnerableEnvoy = allowsVulnerable,
            })
            .AddEnvoySockets(sockets)
            .AddBudgets(options => options.StateFolder = _folder.Path)
            .AddAdmin(new AdminOptions { JournalFile = JournalFile })
            .BuildServiceProvider();
        Api = _services.GetRequiredService<AdminApi>();
        GrpcServerOptions options = new() { Endpoints = { Api.Endpoint(sockets.Api), GrpcEndpoint.UnixSocket(sockets.Control) }, ShutdownGrace = TimeSpan.FromSeconds(2) };
        _server = GrpcServer.Create(options, [AggregatedDiscoveryService.BindService(_services.GetRequiredService<XdsServer>().Service)],
            _services.GetRequiredService<Microsoft.Extensions.Logging.ILoggerFactory>(), TimeProvider.System);
        _channel = HttpChannel.ForUnixSocket(sockets.Api);
        Control = HttpChannel.ForUnixSocket(sockets.Control);
        _following = Task.CompletedTask;
        Pipeline = _services.GetRequiredService<PolicyPipeline>();
        // The feed must hear the pipeline from the start, as in the server.
        _ = _services.GetRequiredService<StatusFeed>();
        Status = new StatusService.StatusServiceClient(_channel);
        Quarantine = new QuarantineService.QuarantineServiceClient(_channel);
        Health = new Health.HealthClient(_channel);
        _following = RunAsync();
    }

    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(20);

    public RecordingLoggerFactory Logs { get; } = new();

    public string PolicyFile => _folder.Combine("cagent.yaml");

    public string JournalFile => _folder.Combine("admin.log");

    public string QuarantineFile => _folder.Combine("quarantine.json");

    public string ApiSocket { get; }

    public AdminApi Api { get; }

    public PolicyPipeline Pipeline { get; }

    public StatusService.StatusServiceClient Status { get; }

    public QuarantineService.QuarantineServiceClient Quarantine { get; }

    public Health.HealthClient Health { get; }

    public HttpChannel Control { get; }

    public static async Task<AdminHost> StartAsync(string policy, bool allowsVulnerable = false)
    {
        AdminHost host = new(policy, allowsVulnerable);
        await host._server.StartAsync(CancellationToken.None);
        return host;
    }

    public void WritePolicy(string text)
    {
        File.WriteAllText(PolicyFile + ".new", text);
        File.Move(PolicyFile + ".new", PolicyFile, overwrite: true);
    }

    public async Task<DeploymentStatus> GetAsync() => (await Status.GetStatusAsync(new GetStatusRequest())).Status;

    public async ValueTask DisposeAsync()
    {
        _services.GetRequiredService<XdsServer>().Stop();
        await _stop.CancelAsync();
        await _following.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _server.DisposeAsync();
        _channel.Dispose();
        Control.Dispose();
        await _services.DisposeAsync();
        _stop.Dispose();
        _folder.Dispose();
    }

    private async Task RunAsync()
    {
        await Pipeline.StartAsync(_stop.Token);
        await Pipeline.RunAsync(_stop.Token);
    }
}
