// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using Cagent.Xds.Nodes;
using Cagent.Xds.OnDemand;
using Cagent.Xds.Ordering;
using Cagent.Xds.Resources;
using Cagent.Xds.Streams;
using Envoy.Service.Discovery.V3;
using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Cagent.Xds;

/// <summary>
/// Serves snapshots to any number of clients over delta ADS, and knows what each of them accepted. Thread safe.
/// Until the first <see cref="Publish"/> streams wait without an answer: an empty one would delete what clients have.
/// </summary>
public sealed class XdsServer : IStreamEvents, IDisposable
{
    private readonly StreamScope _scope;
    private readonly ConcurrentDictionary<DeltaStream, byte> _streams = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<(IOnDemandSource Source, Action<ImmutableArray<string>> Handler)> _handlers = [];
    private readonly Pulse _statusChanged = new();

    // Serialises publishers, so that sequence numbers go up with the snapshots; streams read the field without it.
    private readonly Lock _publishing = new();
    private volatile PublishedSnapshot? _latest;

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
        Service = new AggregatedDiscovery(RunAsync);
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

    /// <summary>The service to host. Ask the transport for a receive limit of 16 MiB: a reconnect names every resource.</summary>
    public AggregatedDiscoveryService.AggregatedDiscoveryServiceBase Service { get; }

    /// <summary>The open streams that have said who they are.</summary>
    public ImmutableArray<NodeStatus> Nodes => [.. _streams.Keys.Select(stream => stream.CurrentStatus).OfType<NodeStatus>()];

    /// <summary>
    /// Completes at the next change of <see cref="Nodes"/>. Take it before looking at them, so that no change between the
    /// look and the wait is lost.
    /// </summary>
    public Task NextStatusChange => _statusChanged.Next;

    PublishedSnapshot? IStreamEvents.Latest => _latest;

    /// <summary>
    /// Makes a snapshot the wanted state of every client. Never waits for any of them; a client that is behind gets the
    /// newest snapshot, not each one in between.
    /// </summary>
    public void Publish(XdsSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        lock (_publishing)
        {
            PublishedSnapshot? before = _latest;
            XdsSnapshot shared = before is null ? snapshot : snapshot.SharedWith(before.Snapshot);
            var published = new PublishedSnapshot((before?.Sequence ?? 0) + 1, shared, _scope.Time.GetTimestamp());
            _scope.Revisions.Add(published);
            _latest = published;
            _scope.Bodies.Clear();
        }

        _scope.Logger.Published(snapshot.Revision, snapshot.TypeUrls.Sum(type => snapshot.Of(type).Sorted.Length));
        foreach (DeltaStream stream in _streams.Keys)
        {
            stream.Signal();
        }
    }

    /// <summary>
    /// Waits until every connected client that subscribes to the type has accepted it at a revision or at a newer one.
    /// </summary>
    /// <returns>False at the limit, without any such client, and for a revision that was not published.</returns>
    public async Task<bool> WaitForAckAsync(string revision, string typeUrl, TimeSpan limit, CancellationToken cancellationToken)
    {
        if (_scope.Revisions.FindSequence(revision) is not { } sequence)
        {
            return false;
        }

        long start = _scope.Time.GetTimestamp();
        while (true)
        {
            // Taken before the look, so that no change between look and wait is lost.
            Task changed = _statusChanged.Next;
            TypeStatus[] types = [.. Nodes.SelectMany(node => node.Types).Where(type => type.TypeUrl == typeUrl)];
            if (types.Length == 0 || Array.TrueForAll(types, type => type.AckedSequence >= sequence))
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
        _stopping.Dispose();
    }

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

    private void SignalChanged(string typeUrl, ImmutableArray<string> names)
    {
        foreach (DeltaStream stream in _streams.Keys)
        {
            stream.SignalChanged(typeUrl, names);
        }
    }

    private async Task<Status> RunAsync(
        IAsyncStreamReader<DeltaDiscoveryRequest> requests,
        IServerStreamWriter<DeltaDiscoveryResponse> responses,
        CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping.Token);
        var stream = new DeltaStream(_scope);
        _streams.TryAdd(stream, 0);
        _scope.Metrics.StreamOpened();
        Status status = StreamStatus.Internal;
        try
        {
            status = await stream.RunAsync(requests, responses, either.Token).ConfigureAwait(false);
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
