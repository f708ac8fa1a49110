// SPDX-License-Identifier: Apache-2.0
namespace Cagent.ExtAuthz.Slots;

/// <summary>One connection to the proxy on which an agent was recognised. Guarded by the lock of its table.</summary>
internal sealed class HeldConnection(Holding holding, string id)
{
    public Holding Holding => holding;

    public string Id => id;

    /// <summary>What runs on it.</summary>
    public int Streams { get; set; }

    /// <summary>When something last began or ended on it, as a timestamp.</summary>
    public long Used { get; set; }
}
