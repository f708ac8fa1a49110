// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Xds.Ordering;

/// <summary>What is to be remembered of a publication when its snapshot is gone.</summary>
/// <param name="Sequence">A step more than the one before, whatever the group.</param>
/// <param name="Group">The group of nodes that it is for.</param>
/// <param name="Revision">The revision of the snapshot.</param>
/// <param name="PublishedAt">The time provider's timestamp of the publication.</param>
internal sealed record Publication(long Sequence, string Group, string Revision, long PublishedAt)
{
    /// <summary>From one publication of the server to the next; the numbers between are for the changes of single streams.</summary>
    public const int Step = 1 << 20;
}
