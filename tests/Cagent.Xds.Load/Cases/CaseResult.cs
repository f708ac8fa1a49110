// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Xds.Load.Cases;

/// <summary>What one case measured. Times in ms, of the slowest stream; CPU in µs of the server for each stream.</summary>
internal sealed record CaseResult
{
    /// <summary>From the first connect to the last first full configuration.</summary>
    public double FirstConfig { get; init; }

    public double FirstConfigCpu { get; init; }

    /// <summary>Resident KiB of the server for each idle connection with its stream.</summary>
    public double MemoryPerStream { get; init; }

    /// <summary>From the POST of a state with one changed resource.</summary>
    public double One { get; init; }

    public double OneCpu { get; init; }

    /// <summary>From the POST of a state in which every resource changed.</summary>
    public double? All { get; init; }

    public double? AllCpu { get; init; }

    /// <summary>From the first connect of clients that hold everything to a change that reached all of them.</summary>
    public double? Resume { get; init; }

    public double PeakRssMiB { get; init; }

    /// <summary>Responses to a re-publish of the same state, resources re-sent to clients that came back: both are to be 0.</summary>
    public long Superfluous { get; init; }
}
