// SPDX-License-Identifier: Apache-2.0
namespace Grpc.Core;

/// <summary>A way to one target, from which clients are made.</summary>
public abstract class ChannelBase
{
    /// <summary>Makes a channel.</summary>
    /// <param name="target">The target, for people.</param>
    protected ChannelBase(string target)
    {
        ArgumentNullException.ThrowIfNull(target);
        Target = target;
    }

    /// <summary>The target, for people.</summary>
    public string Target { get; }

    /// <summary>Makes the invoker that clients use.</summary>
    /// <returns>An invoker over this channel.</returns>
    public abstract CallInvoker CreateCallInvoker();

    /// <summary>Closes the channel; running calls are cancelled.</summary>
    /// <returns>Completes when the channel is closed.</returns>
    public Task ShutdownAsync() => ShutdownAsyncCore();

    /// <summary>Closes the channel.</summary>
    /// <returns>Completes when the channel is closed.</returns>
    protected virtual Task ShutdownAsyncCore() => Task.CompletedTask;
}
