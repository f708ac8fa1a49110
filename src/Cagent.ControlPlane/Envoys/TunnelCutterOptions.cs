// SPDX-License-Identifier: Apache-2.0
namespace Cagent.ControlPlane.Envoys;

/// <summary>How patiently tunnels are cut.</summary>
public sealed class TunnelCutterOptions
{
    /// <summary>How long a caller waits. Default 2 s.</summary>
    public TimeSpan Deadline { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long cutting goes on in all. A host that was cut before can be cut again only after the <c>interval</c> of its outlier
    /// detection, which this must exceed by far. Default 10 s.
    /// </summary>
    public TimeSpan GiveUpAfter { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often open tunnels are counted. Default 50 ms.</summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>How many cuts run at once. Default 8.</summary>
    public int Parallelism { get; set; } = 8;
}
