// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Grpc.Core;
using Grpc.Health.V1;
using ServingStatus = Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace Cagent.Grpc.Health;

/// <summary>
/// The standard <c>grpc.health.v1</c> service. It knows what <see cref="Set"/> told it and nothing else,
/// so a server that sets nothing is not reported healthy. Thread-safe.
/// </summary>
public sealed class HealthService : global::Grpc.Health.V1.Health.HealthBase
{
    private static readonly Status s_unknownService = new(StatusCode.NotFound, "The service is not known.");

    private readonly Lock _lock = new();

    // The snapshot is swapped as a whole under _lock and read without it; the flag is guarded by it.
    private bool _isShutDown;
    private volatile Snapshot _snapshot = new(ImmutableDictionary.Create<string, ServingStatus>(StringComparer.Ordinal));

    /// <summary>Sets the status of a service and tells its watchers.</summary>
    /// <param name="service">The full name of the service; empty for the server as a whole.</param>
    /// <param name="isServing">Whether it serves.</param>
    public void Set(string service, bool isServing)
    {
        ArgumentNullException.ThrowIfNull(service);
        Snapshot old;
        lock (_lock)
        {
            if (_isShutDown)
            {
                return;
            }

            old = _snapshot;
            _snapshot = new Snapshot(old.Statuses.SetItem(service, isServing ? ServingStatus.Serving : ServingStatus.NotServing));
        }

        old.Replaced.SetResult();
    }

    /// <summary>Reports every known service as not serving, for good: later calls of <see cref="Set"/> change nothing.</summary>
    public void ShutDown()
    {
        Snapshot old;
        lock (_lock)
        {
            if (_isShutDown)
            {
                return;
            }

            _isShutDown = true;
            old = _snapshot;
            _snapshot = new Snapshot(old.Statuses.ToImmutableDictionary(pair => pair.Key, _ => ServingStatus.NotServing, StringComparer.Ordinal));
        }

        old.Replaced.SetResult();
    }

    /// <inheritdoc/>
    public override Task<HealthCheckResponse> Check(HealthCheckRequest request, ServerCallContext context) =>
        _snapshot.Statuses.TryGetValue(request.Service, out ServingStatus status)
            ? Task.FromResult(new HealthCheckResponse { Status = status })
            : throw new RpcException(s_unknownService);

    /// <inheritdoc/>
    public override async Task Watch(HealthCheckRequest request, IServerStreamWriter<HealthCheckResponse> responseStream, ServerCallContext context)
    {
        ServingStatus? sent = null;
        CancellationToken cancellationToken = context.CancellationToken;
        while (true)
        {
            // Read first: who is cancelled by a shutdown still learns what was set before it.
            bool isLast = cancellationToken.IsCancellationRequested;

            // Always the newest: a slow watcher skips what it missed.
            Snapshot snapshot = _snapshot;
            ServingStatus status = snapshot.Statuses.GetValueOrDefault(request.Service, ServingStatus.ServiceUnknown);
            if (status != sent)
            {
                await responseStream.WriteAsync(new HealthCheckResponse { Status = status }, CancellationToken.None).ConfigureAwait(false);
                sent = status;
            }

            if (isLast)
            {
                throw new OperationCanceledException(cancellationToken);
            }

            await snapshot.Replaced.Task.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private sealed record Snapshot(ImmutableDictionary<string, ServingStatus> Statuses)
    {
        public TaskCompletionSource Replaced { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
