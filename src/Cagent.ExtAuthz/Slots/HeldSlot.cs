// SPDX-License-Identifier: Apache-2.0
namespace Cagent.ExtAuthz.Slots;

/// <summary>One request or tunnel that counts as open. Guarded by the lock of its table.</summary>
internal sealed class HeldSlot(Holding holding, HeldConnection? connection, bool isTunnel, long seen)
{
    public Holding Holding => holding;

    public HeldConnection? Connection => connection;

    public bool IsTunnel => isTunnel;

    /// <summary>When the proxy last spoke of it, as a timestamp.</summary>
    public long Seen { get; set; } = seen;
}
