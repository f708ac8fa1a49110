// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Net;
using Cagent.Grpc.Client.Addresses;
using Cagent.Grpc.Client.Diagnostics;
using Grpc.Core;

namespace Cagent.Grpc.Client.Connections;

/// <summary>A channel's way to its servers: resolver, balancer, and the snapshot that calls pick from. Thread-safe.</summary>
internal sealed class Connectivity : IAddressListener, IDisposable
{
    private readonly AddressResolver _resolver;
    private readonly Balancer _balancer;

    // Written under StateLock, read by every call.
    private volatile ConnectivitySnapshot _snapshot = new(ConnectivityState.Idle, [], default);
    private int _turn = -1;

    // Guarded by StateLock.
    private bool _isStarted;
    private bool _hasAddresses;

    public Connectivity(AddressResolver resolver, LoadBalancing policy, Connector connector, ConnectionSettings settings)
    {
        _resolver = resolver;
        Connector = connector;
        Settings = settings;
        _balancer = policy == LoadBalancing.RoundRobin ? new RoundRobinBalancer(this) : new PickFirstBalancer(this);
    }

    public Lock StateLock { get; } = new();

    public Connector Connector { get; }

    public ConnectionSettings Settings { get; }

    public ConnectivitySnapshot Snapshot => _snapshot;

    /// <summary>The subchannel of the next call.</summary>
    /// <exception cref="ConnectFailedException">There is no connection, and the call does not wait for one.</exception>
    public async ValueTask<Subchannel> PickAsync(bool waitForReady, CancellationToken cancellationToken)
    {
        while (true)
        {
            ConnectivitySnapshot snapshot = _snapshot;
            switch (snapshot.State)
            {
                case ConnectivityState.Ready:
                    return snapshot.Ready[(int)((uint)Interlocked.Increment(ref _turn) % (uint)snapshot.Ready.Length)];
                case ConnectivityState.Idle:
                    RequestConnection();
                    break;
                case ConnectivityState.TransientFailure when !waitForReady:
                    throw new ConnectFailedException(snapshot.Failure);
                case ConnectivityState.Shutdown:
                    throw new ConnectFailedException(ClientStatuses.ChannelClosed);
            }

            await snapshot.Replaced.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Begins to connect when at rest.</summary>
    public void RequestConnection()
    {
        bool starts;
        lock (StateLock)
        {
            if (_snapshot.State != ConnectivityState.Idle)
            {
                return;
            }

            starts = !_isStarted;
            _isStarted = true;
            if (_hasAddresses)
            {
                _balancer.ExitIdle();
            }
            else
            {
                Publish(ConnectivityState.Connecting, [], default);
            }
        }

        if (starts)
        {
            _resolver.Start(this);
        }
    }

    public void OnAddresses(ImmutableArray<EndPoint> addresses)
    {
        lock (StateLock)
        {
            if (_snapshot.State == ConnectivityState.Shutdown)
            {
                return;
            }

            if (addresses.IsEmpty)
            {
                _hasAddresses = false;
                _balancer.Shutdown();
                Publish(ConnectivityState.TransientFailure, [], ClientStatuses.NoAddress);
                return;
            }

            // The first addresses are awaited by a call; so are the next ones after a failure.
            bool isWanted = !_hasAddresses;
            _hasAddresses = true;
            _balancer.Update(addresses);
            if (isWanted)
            {
                _balancer.ExitIdle();
            }
        }
    }

    public void OnFailure(Status status)
    {
        GrpcClientLog.ResolutionFailed(Settings.Logger, status.Detail);
        lock (StateLock)
        {
            if (!_hasAddresses && _snapshot.State != ConnectivityState.Shutdown)
            {
                Publish(ConnectivityState.TransientFailure, [], status);
            }
        }
    }

    public void OnStateChanged(Subchannel subchannel) => _balancer.OnStateChanged(subchannel);

    /// <summary>Tells calls and watchers. The lock is held.</summary>
    public void Publish(ConnectivityState state, ImmutableArray<Subchannel> ready, Status failure)
    {
        ConnectivitySnapshot old = _snapshot;
        if (old.State == ConnectivityState.Shutdown)
        {
            return;
        }

        _snapshot = new ConnectivitySnapshot(state, ready, failure);
        old.MarkReplaced();
    }

    /// <summary>Asks the resolver to look again; not under the lock, because a resolver has locks of its own.</summary>
    public void RequestResolution() =>
        ThreadPool.UnsafeQueueUserWorkItem(static resolver => resolver.Refresh(), _resolver, preferLocal: false);

    public void Dispose()
    {
        lock (StateLock)
        {
            _balancer.Shutdown();
            Publish(ConnectivityState.Shutdown, [], ClientStatuses.ChannelClosed);
        }

        _resolver.Dispose();
    }
}
