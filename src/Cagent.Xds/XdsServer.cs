// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using Cagent.Xds.Fetch;
using Cagent.Xds.Load;
using Cagent.Xds.Nodes;
using Cagent.Xds.OnDemand;
using Cagent.Xds.Ordering;
using Cagent.Xds.Resources;
using Cagent.Xds.Services;
using Cagent.Xds.Streams;
using Envoy.Service.Cluster.V3;
using Envoy.Service.Discovery.V3;
using Envoy.Service.Endpoint.V3;
using Envoy.Service.Extension.V3;
using Envoy.Service.Listener.V3;
using Envoy.Service.LoadStats.V3;
using Envoy.Service.Route.V3;
using Envoy.Service.Runtime.V3;
using Envoy.Service.Secret.V3;
using Envoy.Service.Status.V3;
using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Cagent.Xds;

/// <summary>
/// Serves snapshots to any number of clients, in state of the world or delta, aggregated or by type, and knows what each of them accepted. Thread safe.
/// Nodes belong to groups, each with a snapshot of its own. Until its group is published a stream waits without an answer:
/// an empty one would delete what the client has.
/// </summary>
public sealed partial class XdsServer : IStreamEvents, IDisposable
{
    /// <summary>The group of every node, unless <see cref="XdsServerOptions.GroupOf"/> says otherwise.</summary>
    public const string DefaultGroup = "default";

    private readonly StreamScope _scope;
    private readonly ConcurrentDictionary<XdsStream, byte> _streams = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<(IOnDemandSource Source, Action<ImmutableArray<string>> Handler)> _handlers = [];
    private readonly ImmutableArray<ServerServiceDefinition> _perType;
    private readonly ClientStatusDiscovery _clientStatus;
    private readonly Pulse _statusChanged = new();

    // Serialises publishers, so that sequence numbers go up with the snapshots; streams read the groups without it.
    private readonly Lock _publishing = new();
    private readonly ConcurrentDictionary<string, PublishedSnapshot> _groups = new(StringComparer.Ordinal);
    private long _sequence;

    /// <param name="options">The bounds.</param>
    /// <param name="time">The clock of all timeouts.</param>
    /// <param name="loggers">Logs go to the category <c>Cagent.Xds</c>.</param>
    /// <param name="meters">Metrics go to the meter <c>Cagent.Xds</c>.</param>
    /// <param name="sources">Asked for names that the snapshot does not hold.</param>
    /// <exception cref="ArgumentException">An option is out of its range; the message names it.</exception>
    public XdsServer(
        XdsServerOptions options, TimeProvider time, ILoggerFactory loggers, IMeterFactory meters, IEnumerable<IOnDemandSource> sources)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.FindError() is { } error)
        {
            throw new ArgumentException(error, nameof(options));
        }

        var onDemand = new OnDemandSources(sources);
        _scope = new StreamScope(options, time, loggers.CreateLogger("Cagent.Xds"), new XdsMetrics(meters), onDemand, this);
        _clientStatus = new ClientStatusDiscovery(_scope, () => _streams.Keys);
        var fetch = new ResourceFetch(_scope, _stopping.Token);
        _rest = new RestFetch(fetch, _scope);
        var runner = new StreamRunner(RunAsync, fetch);
        Service = new AggregatedDiscovery(runner);
        _perType =
        [
            ListenerDiscoveryService.BindService(new ListenerDiscovery(runner)),
            ClusterDiscoveryService.BindService(new ClusterDiscovery(runner)),
            EndpointDiscoveryService.BindService(new EndpointDiscovery(runner)),
            RouteDiscoveryService.BindService(new RouteDiscovery(runner)),
            ScopedRoutesDiscoveryService.BindService(new ScopedRoutesDiscovery(runner)),
            VirtualHostDiscoveryService.BindService(new VirtualHostDiscovery(runner)),
            SecretDiscoveryService.BindService(new SecretDiscovery(runner)),
            RuntimeDiscoveryService.BindService(new RuntimeDiscovery(runner)),
            ExtensionConfigDiscoveryService.BindService(new ExtensionConfigDiscovery(runner)),
            ClientStatusDiscoveryService.BindService(_clientStatus),
            LoadReportingService.BindService(new LoadReporting(_scope, _loads, _stopping.Token)),
        ];
        ObserveMetrics();
        if (options.NodeResources is { } own)
        {
            own.Changed += SignalNodeResources;
        }

        foreach (IOnDemandSource source in onDemand.All)
        {
            Action<ImmutableArray<string>> handler = names => SignalChanged(source.TypeUrl, names);
            source.Changed += handler;
            _handlers.Add((source, handler));
        }
    }

    /// <summary>A client rejected a response. Raised by the loop of its stream, which waits: handlers only signal.</summary>
    public event Action<NackReport>? Nacked;

    /// <summary>A client accepted a revision of a type. Raised by the loop of its stream, which waits: handlers only signal.</summary>
    public event Action<NodeProgress>? Progressed;

    /// <summary>
    /// Every service to host: the aggregated one, one for each type, the status of clients (CSDS), and load reports (LRS). A client that spreads its types over streams gives
    /// up the order between them.
    /// </summary>
    public ImmutableArray<ServerServiceDefinition> Services => [AggregatedDiscoveryService.BindService(Service), .. _perType];

    /// <summary>The aggregated service alone. Ask the transport for a receive limit of 16 MiB: a reconnect names every resource.</summary>
    public AggregatedDiscoveryService.AggregatedDiscoveryServiceBase Service { get; }

    /// <summary>How many streams are open, with or without a first message.</summary>
    public int OpenStreams => _streams.Count;

    /// <summary>The open streams that have said who they are.</summary>
    public ImmutableArray<NodeStatus> Nodes => [.. _streams.Keys.Select(stream => stream.CurrentStatus).OfType<NodeStatus>()];

    /// <summary>
    /// Completes at the next change of <see cref="Nodes"/>. Take it before looking at them, so that no change between the
    /// look and the wait is lost.
    /// </summary>
    public Task NextStatusChange => _statusChanged.Next;

    /// <summary>Makes a snapshot the wanted state of <see cref="DefaultGroup"/>: of every client, unless the options tell groups apart.</summary>
    public void Publish(XdsSnapshot snapshot) => Publish(DefaultGroup, snapshot);

    /// <summary>
    /// Makes a snapshot the wanted state of every client in a group. Never waits for any of them; a client that is behind
    /// gets the newest snapshot, not each one in between. Unchanged resources are shared with the group's last snapshot.
    /// </summary>
    public void Publish(string group, XdsSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(group);
        ArgumentNullException.ThrowIfNull(snapshot);
        Publication publication;
        lock (_publishing)
        {
            XdsSnapshot shared = _groups.TryGetValue(group, out PublishedSnapshot? before) ? snapshot.SharedWith(before.Snapshot) : snapshot;
            publication = new Publication(_sequence += Publication.Step, group, snapshot.Revision, _scope.Time.GetTimestamp());
            _scope.Revisions.Add(publication);
            var published = new PublishedSnapshot(publication, shared);
            if (before is not null)
            {
                published.ShareWith(before);
            }

            _groups[group] = published;
        }

        _scope.Logger.Published(snapshot.Revision, group, snapshot.TypeUrls.Sum(type => snapshot.Of(type).Sorted.Length));
        WatchPush(publication);
        Signal(group);
    }

    /// <summary>
    /// Drops a group's snapshot: its clients keep what they have and are told nothing, neither an answer nor a removal,
    /// until the group is published again.
    /// </summary>
    /// <returns>Whether there was a snapshot.</returns>
    public bool Forget(string group)
    {
        ArgumentNullException.ThrowIfNull(group);
        bool wasKnown;
        lock (_publishing)
        {
            wasKnown = _groups.TryRemove(group, out _);
        }

        if (wasKnown)
        {
            _scope.Logger.Forgotten(group);
            Signal(group);
        }

        return wasKnown;
    }

    /// <summary>
    /// Waits until every connected client of the revision's group that subscribes to the type has accepted it at that
    /// revision or at a newer one.
    /// </summary>
    /// <returns>False at the limit, without any such client, and for a revision that was not published, or long ago.</returns>
    public async Task<bool> WaitForAckAsync(string revision, string typeUrl, TimeSpan limit, CancellationToken cancellationToken)
    {
        if (_scope.Revisions.Find(revision) is not { } publication)
        {
            return false;
        }

        long start = _scope.Time.GetTimestamp();
        while (true)
        {
            // Taken before the look, so that no change between look and wait is lost.
            Task changed = _statusChanged.Next;
            TypeStatus[] types = [.. Nodes.Where(node => node.Group == publication.Group).SelectMany(node => node.Types).Where(type => type.TypeUrl == typeUrl)];
            if (types.Length == 0 || Array.TrueForAll(types, type => type.AckedSequence >= publication.Sequence))
            {
                return types.Length > 0;
            }

            try
            {
                TimeSpan left = limit - _scope.Time.GetElapsedTime(start);
                await changed.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, _scope.Time, cancellationToken).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                return false;
            }
        }
    }

    /// <summary>Ends all streams with UNAVAILABLE and refuses new ones. Call it before the transport stops.</summary>
    public void Stop() => _stopping.Cancel();

    /// <inheritdoc/>
    public void Dispose()
    {
        Stop();
        foreach ((IOnDemandSource source, Action<ImmutableArray<string>> handler) in _handlers)
        {
            source.Changed -= handler;
        }

        _handlers.Clear();
        if (_scope.Options.NodeResources is { } own)
        {
            own.Changed -= SignalNodeResources;
        }

        _stopping.Dispose();
    }

    PublishedSnapshot? IStreamEvents.LatestFor(NodeIdentity node) => _groups.GetValueOrDefault(_scope.Options.GroupOf(node))?.For(node.Capabilities);

    void IStreamEvents.OnStatusChanged() => _statusChanged.Beat();

    void IStreamEvents.OnNacked(NackReport report) => Raise(Nacked, report);

    void IStreamEvents.OnProgress(NodeProgress progress) => Raise(Progressed, progress);

    private void Raise<T>(Action<T>? handlers, T value)
    {
        try
        {
            handlers?.Invoke(value);
        }
#pragma warning disable CA1031 // A handler's bug must not end a stream.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _scope.Logger.HandlerFailed(exception);
        }
    }

    // A stream without a node looks for its group when it has one, maybe at this moment: it is woken to look again.
    private void Signal(string group)
    {
        foreach (XdsStream stream in _streams.Keys)
        {
            if (stream.Node is not { } node || _scope.Options.GroupOf(node) == group)
            {
                stream.Signal();
            }
        }
    }

    private void SignalNodeResources(string? node)
    {
        foreach (XdsStream stream in _streams.Keys)
        {
            if (node is null || stream.Node?.Id == node)
            {
                stream.SignalNodeResources();
            }
        }
    }

    private void SignalChanged(string typeUrl, ImmutableArray<string> names)
    {
        foreach (XdsStream stream in _streams.Keys)
        {
            stream.SignalChanged(typeUrl, names);
        }
    }

    private async Task<Status> RunAsync(StreamTransport transport, XdsVariant variant, XdsType? onlyType, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping.Token);
        var stream = new XdsStream(_scope, variant, onlyType);
        _streams.TryAdd(stream, 0);
        _scope.Metrics.StreamOpened();
        Status status = StreamStatus.Internal;
        try
        {
            status = await stream.RunAsync(transport, either.Token).ConfigureAwait(false);
            status = _stopping.IsCancellationRequested ? StreamStatus.Stopping : status;
            return status;
        }
        finally
        {
            _streams.TryRemove(stream, out _);
            _scope.Metrics.StreamEnded();
            _statusChanged.Beat();
            _scope.Logger.StreamEnded(stream.CurrentStatus?.Node.Id ?? "(unknown)", status.StatusCode.ToString());
        }
    }
}
