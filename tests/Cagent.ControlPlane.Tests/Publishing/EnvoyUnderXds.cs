// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using Cagent.Compiler.Envoy;
using Cagent.EnvoyApi;
using Cagent.Grpc.Server;
using Cagent.TestKit.Files;
using Cagent.TestKit.Logging;
using Cagent.TestKit.Processes;
using Cagent.TestKit.Waiting;
using Cagent.Xds;
using Cagent.Xds.Nodes;
using Envoy.Service.Auth.V3;
using Envoy.Service.Discovery.V3;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Cagent.ControlPlane.Tests.Publishing;

/// <summary>A real Envoy with the compiler's own bootstrap, under our xDS server in this process.</summary>
internal sealed class EnvoyUnderXds : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly JsonFormatter Formatter = new(JsonFormatter.Settings.Default.WithPreserveProtoFieldNames(true).WithTypeRegistry(EnvoyTypes.Registry));

    private readonly TemporaryFolder _folder = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly RecordingLoggerFactory _logs = new();
    private readonly BoundedLog<NackReport> _nacks = new(100);
    private readonly GrpcServer _transport;
    private RunningProcess? _envoy;

    private EnvoyUnderXds(Authorization.AuthorizationBase? authorization)
    {
        Directory.CreateDirectory(_folder.Combine("run"));
        Server = new XdsServer(
            new XdsServerOptions { RemovalGrace = TimeSpan.FromMilliseconds(100) }, TimeProvider.System, _logs, _services.GetRequiredService<IMeterFactory>(), []);
        Server.Nacked += _nacks.Add;
        GrpcServerOptions options = new() { Endpoints = { GrpcEndpoint.UnixSocket(_folder.Combine("run/control.sock")) } };
        _transport = GrpcServer.Create(options, [AggregatedDiscoveryService.BindService(Server.Service), .. authorization is null ? (ServerServiceDefinition[])[] : [Authorization.BindService(authorization)]], _logs, TimeProvider.System);
    }

    public XdsServer Server { get; }

    public IReadOnlyList<NackReport> Nacks => _nacks.Snapshot();

    /// <summary>Starts it; without an ext_authz service every request is denied.</summary>
    public static async Task<EnvoyUnderXds> StartAsync(Authorization.AuthorizationBase? authorization = null)
    {
        EnvoyUnderXds run = new(authorization);
        await run._transport.StartAsync(CancellationToken.None);
        string bootstrap = run._folder.Write("bootstrap.json", Formatter.Format(Bootstraps.Emit(new BootstrapInputs("envoy"))));
        // The bootstrap names its sockets relative to the working directory.
        run._envoy = RunningProcess.Start("/usr/bin/env",
        [
            "-C", run._folder.Path, EnvoyBinary.Require(), "-c", bootstrap, "--disable-hot-restart", "--concurrency", "1", "--log-level", "warning", "--reject-unknown-dynamic-fields",
        ]);
        return run;
    }

    /// <summary>Waits until Envoy has accepted a revision of a type. Secrets are asked for only after the clusters that need them came.</summary>
    public Task AcceptedAsync(string revision, string typeUrl) => _envoy!.WaitUntilAsync(
        () => Nacks.Count > 0 || Server.Nodes.SelectMany(node => node.Types).Any(type => type.TypeUrl == typeUrl && type.AckedRevision == revision),
        Patience, $"the ACK of {typeUrl}");

    public Task NackedAsync() => _envoy!.WaitUntilAsync(() => Nacks.Count > 0, Patience, "a NACK");

    public async ValueTask DisposeAsync()
    {
        Server.Stop();
        if (_envoy is not null)
        {
            await _envoy.DisposeAsync();
        }

        await _transport.DisposeAsync();
        Server.Dispose();
        await _services.DisposeAsync();
        _folder.Dispose();
    }
}
