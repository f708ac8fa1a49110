// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;

namespace Cagent.Policy.Editing;

/// <summary>What a text means, as one line that two texts of equal meaning share. Edits are checked against it.</summary>
internal static class Meaning
{
    /// <summary>The meaning of a node; where <paramref name="changed"/> stands, <paramref name="replacement"/> is put in its place.</summary>
    public static string Of(SpanNode node, SpanNode? changed = null, string? replacement = null) =>
        ReferenceEquals(node, changed) ? replacement! : node switch
        {
            SpanNode.Scalar scalar => Of(scalar),
            SpanNode.List list => OfList(list.Items.Select(item => Of(item, changed, replacement))),
            SpanNode.Map map => OfMap(map.Pairs.Select(pair => (pair.Key.Value, Of(pair.Value, changed, replacement)))),
            _ => throw new ArgumentException("A node of no known kind.", nameof(node)),
        };

    public static string OfList(IEnumerable<string> items) => $"[{string.Join(',', items)}]";

    public static string OfMap(IEnumerable<(string Key, string Value)> pairs) =>
        $"{{{string.Join(',', pairs.Select(pair => $"{JsonSerializer.Serialize(pair.Key)}:{pair.Value}"))}}}";

    // "1" and 1 differ, only the plain one is a number; "GET /a" and GET /a do not.
    private static string Of(SpanNode.Scalar scalar) => (scalar.IsPlain && IsTyped(scalar.Value) ? "=" : "") + JsonSerializer.Serialize(scalar.Value);

    private static bool IsTyped(string plain) =>
        plain is "" or "~" || "+-.0123456789".Contains(plain[0], StringComparison.Ordinal)
        || plain.ToUpperInvariant() is "TRUE" or "FALSE" or "NULL" or "YES" or "NO" or "ON" or "OFF" or "Y" or "N";
}
