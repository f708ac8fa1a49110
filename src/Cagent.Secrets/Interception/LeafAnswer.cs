// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Secrets.Interception;

/// <summary>A leaf, or the reason why there is none: exactly one of the two is set.</summary>
/// <param name="Leaf">The leaf.</param>
/// <param name="Refusal">The reason.</param>
public readonly record struct LeafAnswer(Leaf? Leaf, LeafRefusal? Refusal)
{
    internal static LeafAnswer Of(Leaf leaf) => new(leaf, null);

    internal static LeafAnswer Refused(LeafRefusal refusal) => new(null, refusal);
}
