// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace Cagent.Xds.Resources;

/// <summary>
/// How one set of resources differs from another. Made once for the streams that make the same step, so that a push costs
/// each of them what changed and not what there is. Immutable but for its cache, thread safe.
/// </summary>
internal sealed class SetChanges(ImmutableArray<XdsResource> changed, ImmutableArray<string> gone)
{
    public static readonly SetChanges None = new([], []);

    // Two streams may cut at the same time: both results are right, one is kept.
    private volatile Cut? _cut;

    /// <summary>New or with other content, in ordinal order of their names.</summary>
    public ImmutableArray<XdsResource> Changed { get; } = changed;

    /// <summary>The same for callers that take any list: boxed once.</summary>
    public IReadOnlyList<XdsResource> List { get; } = changed;

    /// <summary>Names that the newer set does not have, in ordinal order.</summary>
    public ImmutableArray<string> Gone { get; } = gone;

    /// <summary>Compares two sorted sets.</summary>
    public static SetChanges Between(XdsResourceSet before, XdsResourceSet after)
    {
        if (before.Sorted.IsEmpty)
        {
            return new SetChanges(after.Sorted, []);
        }

        ImmutableArray<XdsResource>.Builder changed = ImmutableArray.CreateBuilder<XdsResource>();
        ImmutableArray<string>.Builder gone = ImmutableArray.CreateBuilder<string>();
        int old = 0;
        foreach (XdsResource resource in after.Sorted)
        {
            int order = -1;
            while (old < before.Sorted.Length && (order = string.CompareOrdinal(before.Sorted[old].Name, resource.Name)) < 0)
            {
                gone.Add(before.Sorted[old++].Name);
            }

            if (old == before.Sorted.Length || order != 0)
            {
                changed.Add(resource);
            }
            else if (!before.Sorted[old++].HasSameContent(resource))
            {
                changed.Add(resource);
            }
        }

        for (; old < before.Sorted.Length; old++)
        {
            gone.Add(before.Sorted[old].Name);
        }

        return new SetChanges(changed.DrainToImmutable(), gone.DrainToImmutable());
    }

    /// <summary>Gives what changed in runs for one response each, as <paramref name="cut"/> makes them of a limit in bytes.</summary>
    public ImmutableArray<ImmutableArray<XdsResource>> Chunks(
        int maxBytes, Func<IReadOnlyList<XdsResource>, int, ImmutableArray<ImmutableArray<XdsResource>>> cut)
    {
        if (_cut is not { } known || known.MaxBytes != maxBytes)
        {
            known = new Cut(maxBytes, cut(List, maxBytes));
            _cut = known;
        }

        return known.Chunks;
    }

    private sealed record Cut(int MaxBytes, ImmutableArray<ImmutableArray<XdsResource>> Chunks);
}
