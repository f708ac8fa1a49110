// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Contracts.Admin.V1;
using Cagent.Grpc.Server;
using Cagent.TestKit.Files;
using Grpc.Core;
using Microsoft.Extensions.Logging.Abstractions;

namespace Cagent.Cli.Tests;

/// <summary>A state directory whose admin socket answers with given statuses.</summary>
internal sealed class StatusHost : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly GrpcServer _server;

    private StatusHost(ImmutableArray<DeploymentStatus> statuses)
    {
        Directory.CreateDirectory(_folder.Combine("run"));
        GrpcServerOptions options = new() { Endpoints = { GrpcEndpoint.UnixSocket(_folder.Combine("run/api.sock")) }, ShutdownGrace = TimeSpan.FromSeconds(2) };
        _server = GrpcServer.Create(options, [StatusService.BindService(new Answers(statuses))], NullLoggerFactory.Instance, TimeProvider.System);
    }

    public string State => _folder.Path;

    public static async Task<StatusHost> StartAsync(params DeploymentStatus[] statuses)
    {
        StatusHost host = new([.. statuses]);
        await host._server.StartAsync(CancellationToken.None);
        return host;
    }

    /// <summary>Healthy: effective, one Envoy, everything accepted.</summary>
    public static DeploymentStatus Healthy() => new()
    {
        Policy = new PolicyStatus { File = "configs/cagent.yaml", State = PolicyState.Effective, Revision = new string('a', 64) },
        Nodes = { new Node { Id = "envoy", UserAgent = "envoy 1.40.0", Types_ = { new NodeType { Type = "type.googleapis.com/envoy.config.cluster.v3.Cluster", Sent = new string('a', 64), Acked = new string('a', 64), Resources = 7 } } } },
        Envoy = new EnvoyProcess { State = EnvoyState.Running, Pid = 4242 },
    };

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>The last status to a question; all of them, then the end, to a watcher.</summary>
    private sealed class Answers(ImmutableArray<DeploymentStatus> statuses) : StatusService.StatusServiceBase
    {
        public override Task<GetStatusResponse> GetStatus(GetStatusRequest request, ServerCallContext context) =>
            Task.FromResult(new GetStatusResponse { Status = statuses[^1] });

        public override async Task WatchStatus(WatchStatusRequest request, IServerStreamWriter<WatchStatusResponse> responseStream, ServerCallContext context)
        {
            foreach (DeploymentStatus status in statuses)
            {
                await responseStream.WriteAsync(new WatchStatusResponse { Status = status });
            }
        }
    }
}
