// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Policy.Editing;

/// <summary>One key with its value.</summary>
/// <param name="Key">The key.</param>
/// <param name="Value">The value; an absent one is an empty scalar behind the colon.</param>
internal sealed record SpanPair(SpanNode.Scalar Key, SpanNode Value);
