// SPDX-License-Identifier: Apache-2.0
namespace Cagent.ExtAuthz.Slots;

/// <summary>What one agent holds open. Guarded by the lock of its table.</summary>
internal sealed class Holding(string agent)
{
    private TaskCompletionSource _freed = NewSource();

    public string Agent => agent;

    /// <summary>Requests and tunnels by their ids.</summary>
    public Dictionary<string, HeldSlot> Slots { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, HeldConnection> Connections { get; } = new(StringComparer.Ordinal);

    public int Tunnels { get; set; }

    /// <summary>How many wait for something to end.</summary>
    public int Waiting { get; set; }

    /// <summary>Ends when something of the agent has ended.</summary>
    public Task Freed => _freed.Task;

    public void SignalFreed()
    {
        if (Waiting > 0)
        {
            _freed.TrySetResult();
            _freed = NewSource();
        }
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
