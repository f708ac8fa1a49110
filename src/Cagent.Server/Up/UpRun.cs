// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Net;
using Cagent.Admin;
using Cagent.Admin.Statuses;
using Cagent.Cli;
using Cagent.Compiler.Envoy;
using Cagent.ControlPlane.Envoys;
using Cagent.ControlPlane.Publishing;
using Cagent.ControlPlane.Revisions;
using Cagent.ControlPlane.Unix;
using Cagent.ExtAuthz;
using Cagent.ExtAuthz.RateLimits;
using Cagent.Grpc.Server;
using Cagent.Secrets.Interception;
using Cagent.Xds;
using Envoy.Service.Accesslog.V3;
using Envoy.Service.Discovery.V3;
using Envoy.Service.Ratelimit.V3;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Authorization = Envoy.Service.Auth.V3.Authorization;

namespace Cagent.Server.Up;

/// <summary>One run of <c>up</c>, from the first read of the policy to the last process ended.</summary>
internal sealed class UpRun
{
    private const int XdsReceiveLimit = 16 << 20; // a delta reconnect carries every name and version
    private const int RoomForHeaders = 1 << 20; // beside a whole body

    private readonly UpSettings _settings;
    private readonly StateDirectory _state;
    private readonly SocketPaths _sockets;
    private readonly ServiceProvider _services;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ReadyMarker _ready;

    public UpRun(UpSettings settings, StateDirectory state, SocketPaths sockets, ServiceProvider services)
    {
        _settings = settings;
        _state = state;
        _sockets = sockets;
        _services = services;
        _time = services.GetRequiredService<TimeProvider>();
        _logger = services.GetRequiredService<ILogger<UpRun>>();
        _ready = new ReadyMarker(state.Root, services.GetRequiredService<AdminApi>());
    }

    public async Task<int> RunAsync(CancellationToken stop)
    {
        _ready.Clear();
        CaBundle bundle = _services.GetRequiredService<CaBundle>();
        bundle.Write(_services.GetRequiredService<InterceptionCa>());
        FollowScope();
        ControlServer control = CreateServer();
        await using (control.ConfigureAwait(false))
        {
            // Made before anything is asked: what earlier runs have counted must be known to the first request.
            IHostedService[] backgrounds = [.. _services.GetServices<IHostedService>()];
            PolicyPipeline pipeline = _services.GetRequiredService<PolicyPipeline>();
            using StatusFile status = ActivatorUtilities.CreateInstance<StatusFile>(_services, _state.Root);
            if (!await pipeline.StartAsync(stop).ConfigureAwait(false))
            {
                throw new UpException($"{_settings.Policy} does not load and there is no last good policy; nothing was started");
            }

            await control.StartAsync(stop).ConfigureAwait(false);
            foreach (IHostedService background in backgrounds)
            {
                await background.StartAsync(stop).ConfigureAwait(false);
            }

            using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
            Task[] following = [pipeline.RunAsync(ending.Token), status.FollowAsync(ending.Token), control.GuardAsync(ending.Token)];
            try
            {
                await UntilFirstEndsAsync(ServeAsync(bundle, ending.Token), following, ending).ConfigureAwait(false);
            }
            finally
            {
                _ready.Clear();
                await ending.CancelAsync().ConfigureAwait(false);
                // Streams that never end are ended before the transport waits for them.
                _services.GetRequiredService<XdsServer>().Stop();
                _services.GetRequiredService<LimitConfigServer>().Stop();
                await Task.WhenAll(following).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                await control.StopAsync().ConfigureAwait(false);
                // After the streams that feed them.
                foreach (IHostedService background in backgrounds)
                {
                    await background.StopAsync(CancellationToken.None).ConfigureAwait(false);
                }
            }
        }

        _logger.Stopped();
        return 0;
    }

    /// <summary>
    /// Waits for the end of the run. What ends before it was told to has failed, and everything ends with it: a policy that
    /// nobody follows, or an Envoy that nobody watches, must not serve on unseen.
    /// </summary>
    private static async Task UntilFirstEndsAsync(Task serving, Task[] following, CancellationTokenSource ending)
    {
        Task first = await Task.WhenAny([serving, .. following]).ConfigureAwait(false);
        bool wasTold = ending.IsCancellationRequested;
        await ending.CancelAsync().ConfigureAwait(false);
        await serving.ConfigureAwait(false);
        if (!wasTold)
        {
            await first.ConfigureAwait(false);
            throw new UpException("a part of the control plane ended by itself; start cagent again");
        }
    }

    /// <summary>Runs Envoy, or waits for one to attach, until stopped.</summary>
    private async Task ServeAsync(CaBundle bundle, CancellationToken stop)
    {
        string bootstrap = BootstrapFile.Write(_state, new BootstrapInputs("envoy", MaxConnections: ConnectionBudget.Read())
        {
            LimitHost = _settings.RateLimitService?.Host,
            LimitPort = _settings.RateLimitService?.Port ?? 0,
        });
        if (EnvoyLocator.Find(_settings.Envoy) is not { } binary)
        {
            TellHowToAttach(bootstrap);
            await FollowReadinessAsync(bundle, stop).ConfigureAwait(false);
            return;
        }

        EnvoySupervisorOptions options = UpServices.Envoy(_settings, _state, _sockets, binary, bootstrap);
        if (!EnvoySupervisor.IsLeftRunning(options))
        {
            foreach ((string option, IPEndPoint listen) in _settings.Listens)
            {
                await ListenChecks.CheckPortIsFreeAsync(option, listen, stop).ConfigureAwait(false);
            }

            await ListenChecks.CheckAgentListenersAsync(_settings, stop).ConfigureAwait(false);
        }

        EnvoySupervisor supervisor = ActivatorUtilities.CreateInstance<EnvoySupervisor>(_services, options);
        await using (supervisor.ConfigureAwait(false))
        {
            _services.GetRequiredService<StatusFeed>().UseEnvoy(supervisor);
            await supervisor.StartAsync(stop).ConfigureAwait(false);
            await Task.WhenAny(FollowReadinessAsync(bundle, stop), supervisor.Completion).Unwrap().ConfigureAwait(false);
        }
    }

    private async Task FollowReadinessAsync(CaBundle bundle, CancellationToken stop)
    {
        string proxy = $"http://{_settings.Listen}";
        Readiness readiness = ActivatorUtilities.CreateInstance<Readiness>(_services, _settings.Listens.Select(one => one.Listen).ToImmutableArray());
        try
        {
            await readiness.FollowAsync(_ready, proxy, AnnounceAsync, stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            _logger.Stopping();
        }

        Task AnnounceAsync()
        {
            string revision = _services.GetRequiredService<RevisionPublisher>().Current!.Id.ShortForm;
            UpPanel.Write(proxy, bundle.BundlePath, _settings.Policy, revision);
            return Console.Out.WriteLineAsync($"ready {proxy} revision={revision} ca={bundle.BundlePath}");
        }
    }

    private ControlServer CreateServer() => new(_sockets.Control, Endpoints(),
    [
        new GrpcService(AggregatedDiscoveryService.BindService(_services.GetRequiredService<XdsServer>().Service)) { MaxReceiveMessageSize = XdsReceiveLimit },
        new GrpcService(Authorization.BindService(_services.GetRequiredService<AuthzService>())) { MaxReceiveMessageSize = EnvoyNames.MaxSignedBody + RoomForHeaders },
        RateLimitService.BindService(_services.GetRequiredService<LimitService>()),
        AccessLogService.BindService(_services.GetRequiredService<AccessLogService.AccessLogServiceBase>()),
    ], _services.GetRequiredService<ILoggerFactory>(), _time);

    /// <summary>The doors beside Envoy's.</summary>
    private GrpcEndpoint[] Endpoints() =>
    [
        _services.GetRequiredService<AdminApi>().Endpoint(_sockets.Api),
        .. _settings.RateLimitService is null ? Array.Empty<GrpcEndpoint>() : [_services.GetRequiredService<LimitConfigServer>().Endpoint(_sockets.Limits)],
    ];

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
        Console.Out.WriteLine($"  cd {Quote(_sockets.Home)} && envoy -c {Quote(bootstrap)} --disable-hot-restart --drain-time-s 1 --reject-unknown-dynamic-fields");
    }

    /// <summary>For a shell.</summary>
    private static string Quote(string path) => $"'{path.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
