// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace Cagent.Policy.Editing;

/// <summary>How one list becomes another by removing items and appending others, so that what stays keeps its comments.</summary>
/// <param name="Removed">The indexes that go, ascending.</param>
/// <param name="Added">The items that come, in order.</param>
internal sealed record ListChange(ImmutableArray<int> Removed, ImmutableArray<SpanNode> Added)
{
    /// <summary>The change; null when items change places or none stays, which is a new list.</summary>
    public static ListChange? Of(SpanNode.List from, SpanNode.List to)
    {
        int next = 0;
        ImmutableArray<int>.Builder removed = ImmutableArray.CreateBuilder<int>();
        for (int i = 0; i < from.Items.Length; i++)
        {
            if (next < to.Items.Length && Meaning.Of(from.Items[i]) == Meaning.Of(to.Items[next]))
            {
                next++;
            }
            else
            {
                removed.Add(i);
            }
        }

        return next == 0 ? null : new ListChange(removed.ToImmutable(), to.Items[next..]);
    }
}
