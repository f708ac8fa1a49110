// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Grpc.Core;

namespace Cagent.Grpc.Client.Connections;

/// <summary>What a call needs to know of the channel: the state, and the subchannels to send on. Replaced whole at each change.</summary>
internal sealed class ConnectivitySnapshot(ConnectivityState state, ImmutableArray<Subchannel> ready, Status failure)
{
    private readonly TaskCompletionSource _replaced = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ConnectivityState State => state;

    /// <summary>Not empty when the state is READY.</summary>
    public ImmutableArray<Subchannel> Ready => ready;

    /// <summary>Why there is no connection, while the state is TRANSIENT_FAILURE.</summary>
    public Status Failure => failure;

    /// <summary>Completes when this is out of date.</summary>
    public Task Replaced => _replaced.Task;

    public void MarkReplaced() => _replaced.TrySetResult();
}
