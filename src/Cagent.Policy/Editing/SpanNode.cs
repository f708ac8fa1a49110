// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace Cagent.Policy.Editing;

/// <summary>A YAML value with its exact extent in the text: what <see cref="SpanReader"/> reads and edits are made on.</summary>
/// <param name="Start">The index of its first character.</param>
/// <param name="End">The index after its last character; trailing comments and blank lines are not part of it.</param>
internal abstract record SpanNode(int Start, int End)
{
    /// <summary>One value.</summary>
    /// <param name="Start">The index of its first character.</param>
    /// <param name="End">The index after its last character.</param>
    /// <param name="Value">The value.</param>
    /// <param name="IsPlain">Whether it is neither quoted nor a block, so that YAML gives it a type.</param>
    public sealed record Scalar(int Start, int End, string Value, bool IsPlain) : SpanNode(Start, End);

    /// <summary>Items in order.</summary>
    /// <param name="Start">The index of its first character: the bracket, or the first dash.</param>
    /// <param name="End">The index after its last character.</param>
    /// <param name="IsFlow">Whether it is written in brackets.</param>
    /// <param name="Items">The items.</param>
    public sealed record List(int Start, int End, bool IsFlow, ImmutableArray<SpanNode> Items) : SpanNode(Start, End);

    /// <summary>Keys and values in order.</summary>
    /// <param name="Start">The index of its first character: the brace, or the first key.</param>
    /// <param name="End">The index after its last character.</param>
    /// <param name="IsFlow">Whether it is written in braces.</param>
    /// <param name="Pairs">The pairs.</param>
    public sealed record Map(int Start, int End, bool IsFlow, ImmutableArray<SpanPair> Pairs) : SpanNode(Start, End)
    {
        public SpanPair? Find(string key) => Pairs.FirstOrDefault(pair => pair.Key.Value == key);
    }
}
