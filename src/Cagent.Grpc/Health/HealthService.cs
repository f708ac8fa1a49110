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

    // Swapped as a whole under _lock; read without it.
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
            old = _snapshot;
            _snapshot = new Snapshot(old.Statuses.SetItem(service, isServing ? ServingStatus.Serving : ServingStatus.NotServing));
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
        while (true)
        {
            // Always the newest: a slow watcher skips what it missed.
            Snapshot snapshot = _snapshot;
            ServingStatus status = snapshot.Statuses.GetValueOrDefault(request.Service, ServingStatus.ServiceUnknown);
            if (status != sent)
            {
                await responseStream.WriteAsync(new HealthCheckResponse { Status = status }, context.CancellationToken).ConfigureAwait(false);
                sent = status;
            }

            await snapshot.Replaced.Task.WaitAsync(context.CancellationToken).ConfigureAwait(false);
        }
    }

    private sealed record Snapshot(ImmutableDictionary<string, ServingStatus> Statuses)
    {
        public TaskCompletionSource Replaced { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
