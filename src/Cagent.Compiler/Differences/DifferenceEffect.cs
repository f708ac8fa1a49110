// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Compiler.Differences;

/// <summary>What a difference does to the reach of agents.</summary>
[Flags]
public enum DifferenceEffect
{
    /// <summary>Nothing: timeouts and the like.</summary>
    None = 0,

    /// <summary>Something is allowed that was not.</summary>
    Widened = 1,

    /// <summary>Something is no longer allowed that was.</summary>
    Narrowed = 2,
}
