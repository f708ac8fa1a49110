// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using Cagent.Admin;
using Cagent.Admin.Statuses;
using Cagent.Cli;
using Cagent.Compiler.Envoy;
using Cagent.ControlPlane.Envoys;
using Cagent.ControlPlane.Publishing;
using Cagent.ControlPlane.Revisions;
using Cagent.ControlPlane.Unix;
using Cagent.ExtAuthz;
using Cagent.Grpc.Server;
using Cagent.Secrets.Interception;
using Cagent.Xds;
using Envoy.Service.Accesslog.V3;
using Envoy.Service.Discovery.V3;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Authorization = Envoy.Service.Auth.V3.Authorization;

namespace Cagent.Server.Up;

/// <summary>One run of <c>up</c>, from the first read of the policy to the last process ended.</summary>
internal sealed class UpRun
{
    private const int XdsReceiveLimit = 16 << 20; // a delta reconnect carries every name and version
    private static readonly TimeSpan ReadyPoll = TimeSpan.FromMilliseconds(20);

    private readonly UpSettings _settings;
    private readonly StateDirectory _state;
    private readonly SocketPaths _sockets;
    private readonly ServiceProvider _services;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ReadyMarker _ready;
    private readonly AdminApi _api;

    public UpRun(UpSettings settings, StateDirectory state, SocketPaths sockets, ServiceProvider services)
    {
        _settings = settings;
        _state = state;
        _sockets = sockets;
        _services = services;
        _time = services.GetRequiredService<TimeProvider>();
        _logger = services.GetRequiredService<ILogger<UpRun>>();
        _ready = new ReadyMarker(state.Root);
        _api = services.GetRequiredService<AdminApi>();
    }

    public async Task<int> RunAsync(CancellationToken stop)
    {
        _ready.Clear();
        _api.SetReady(false);
        CaBundle bundle = _services.GetRequiredService<CaBundle>();
        bundle.Write(_services.GetRequiredService<InterceptionCa>());
        FollowScope();
        GrpcServer grpc = CreateServer();
        await using (grpc.ConfigureAwait(false))
        {
            PolicyPipeline pipeline = _services.GetRequiredService<PolicyPipeline>();
            using StatusFile status = ActivatorUtilities.CreateInstance<StatusFile>(_services, _state.Root);
            if (!await pipeline.StartAsync(stop).ConfigureAwait(false))
            {
                throw new UpException($"{_settings.Policy} does not load and there is no last good policy; nothing was started");
            }

            await grpc.StartAsync(stop).ConfigureAwait(false);
            foreach (IHostedService background in _services.GetServices<IHostedService>())
            {
                await background.StartAsync(stop).ConfigureAwait(false);
            }

            using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
            Task following = Task.WhenAll(pipeline.RunAsync(ending.Token), status.FollowAsync(ending.Token));
            try
            {
                await ServeAsync(bundle, stop).ConfigureAwait(false);
            }
            finally
            {
                _ready.Clear();
                _api.SetReady(false);
                await ending.CancelAsync().ConfigureAwait(false);
                // Streams that never end are ended before the transport waits for them.
                _services.GetRequiredService<XdsServer>().Stop();
                await following.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                await grpc.StopAsync(CancellationToken.None).ConfigureAwait(false);
                // After the streams that feed them.
                foreach (IHostedService background in _services.GetServices<IHostedService>())
                {
                    await background.StopAsync(CancellationToken.None).ConfigureAwait(false);
                }
            }
        }

        _logger.Stopped();
        return 0;
    }

    /// <summary>Runs Envoy, or waits for one to attach, until stopped.</summary>
    private async Task ServeAsync(CaBundle bundle, CancellationToken stop)
    {
        string bootstrap = BootstrapFile.Write(_state, new BootstrapInputs("envoy"));
        if (EnvoyLocator.Find(_settings.Envoy) is not { } binary)
        {
            TellHowToAttach(bootstrap);
            await AnnounceWhenReadyAsync(bundle, stop).ConfigureAwait(false);
            return;
        }

        if (!File.Exists(Path.Combine(_state.Run, "envoy.pid")))
        {
            CheckPortIsFree();
        }

        EnvoySupervisor supervisor = ActivatorUtilities.CreateInstance<EnvoySupervisor>(_services, UpServices.Envoy(_settings, _state, _sockets, binary, bootstrap));
        await using (supervisor.ConfigureAwait(false))
        {
            _services.GetRequiredService<StatusFeed>().UseEnvoy(supervisor);
            await supervisor.StartAsync(stop).ConfigureAwait(false);
            await AnnounceWhenReadyAsync(bundle, stop).ConfigureAwait(false);
        }
    }

    /// <summary>Says "ready" when a revision is effective and the proxy's port answers; then waits for the end.</summary>
    private async Task AnnounceWhenReadyAsync(CaBundle bundle, CancellationToken stop)
    {
        try
        {
            RevisionPublisher publisher = _services.GetRequiredService<RevisionPublisher>();
            while (!await publisher.WaitUntilEffectiveAsync(publisher.Current!.Id, TimeSpan.FromSeconds(1), stop).ConfigureAwait(false)
                || !await AcceptsAsync(stop).ConfigureAwait(false))
            {
                await Task.Delay(ReadyPoll, _time, stop).ConfigureAwait(false);
            }

            string proxy = $"http://{_settings.Listen}";
            string revision = publisher.Current!.Id.ShortForm;
            UpPanel.Write(proxy, bundle.BundlePath, _settings.Policy, revision);
            _ready.Set(proxy);
            _api.SetReady(true);
            await Console.Out.WriteLineAsync($"ready {proxy} revision={revision} ca={bundle.BundlePath}").ConfigureAwait(false);
            await Task.Delay(Timeout.InfiniteTimeSpan, _time, stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            _logger.Stopping();
        }
    }

    private GrpcServer CreateServer()
    {
        GrpcServerOptions options = new() { Endpoints = { GrpcEndpoint.UnixSocket(_sockets.Control), _api.Endpoint(_sockets.Api) }, ShutdownGrace = TimeSpan.FromSeconds(2) };
        return GrpcServer.Create(options,
        [
            new GrpcService(AggregatedDiscoveryService.BindService(_services.GetRequiredService<XdsServer>().Service)) { MaxReceiveMessageSize = XdsReceiveLimit },
            Authorization.BindService(_services.GetRequiredService<AuthzService>()),
            AccessLogService.BindService(_services.GetRequiredService<AccessLogService.AccessLogServiceBase>()),
        ], _services.GetRequiredService<ILoggerFactory>(), _time);
    }

    /// <summary>Certificates are minted for what the revision in force inspects, and for nothing else.</summary>
    private void FollowScope()
    {
        LeafCache leaves = _services.GetRequiredService<LeafCache>();
        _services.GetRequiredService<IRevisionSource>().Published += revision => leaves.UseScope(new InterceptionScope(revision.Compiled.Authz.IsInspected));
    }

    private void TellHowToAttach(string bootstrap)
    {
        _logger.NoEnvoy();
        Console.Out.WriteLine("No Envoy runs: the control plane is alone and no agent is served yet. Give one with ENVOY_BIN or --envoy PATH, or attach it:");
        Console.Out.WriteLine($"  cd {_sockets.Home} && envoy -c {bootstrap} --disable-hot-restart --drain-time-s 3 --reject-unknown-dynamic-fields");
    }

    /// <summary>A taken port would be a listener that Envoy refuses; this says it in the user's words.</summary>
    private void CheckPortIsFree()
    {
        try
        {
            using Socket probe = new(_settings.Listen.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            probe.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            probe.Bind(_settings.Listen);
            probe.Listen(1);
        }
        catch (SocketException exception)
        {
            throw new UpException($"cannot listen on {_settings.Listen}: {exception.Message}; stop what uses it or choose another --listen ADDR:PORT");
        }
    }

    private async Task<bool> AcceptsAsync(CancellationToken cancellationToken)
    {
        IPEndPoint target = _settings.Listen.Address.Equals(IPAddress.Any) ? new IPEndPoint(IPAddress.Loopback, _settings.Listen.Port)
            : _settings.Listen.Address.Equals(IPAddress.IPv6Any) ? new IPEndPoint(IPAddress.IPv6Loopback, _settings.Listen.Port)
            : _settings.Listen;
        try
        {
            using Socket probe = new(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            await probe.ConnectAsync(target, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
