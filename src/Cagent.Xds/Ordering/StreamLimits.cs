// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Xds.Ordering;

/// <summary>The bounds of one stream; see the server options for their meaning.</summary>
internal sealed record StreamLimits(TimeSpan AckTimeout, TimeSpan RemovalGrace, int MaxBytes, int MaxUnanswered)
{
    /// <summary>Rejected responses that may be halved; 0 for none.</summary>
    public int MaxHalvings { get; init; }
}
