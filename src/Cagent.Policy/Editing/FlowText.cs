// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Cagent.Policy.Editing;

/// <summary>Writes a node on one line, in brackets and braces.</summary>
internal static class FlowText
{
    private static readonly SearchValues<char> s_cutting = SearchValues.Create(",[]{}#");
    private static readonly JsonSerializerOptions s_readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Of(SpanNode node) => node switch
    {
        SpanNode.Scalar scalar => Of(scalar),
        SpanNode.List list => $"[{string.Join(", ", list.Items.Select(Of))}]",
        SpanNode.Map map => $"{{{string.Join(", ", map.Pairs.Select(pair => $"{Of(pair.Key)}: {Of(pair.Value)}"))}}}",
        _ => throw new ArgumentException("A node of no known kind.", nameof(node)),
    };

    // A plain value stays plain, or its type would change; one that a bracket would cut must be quoted.
    private static string Of(SpanNode.Scalar scalar) =>
        scalar.IsPlain && scalar.Value.AsSpan().IndexOfAny(s_cutting) < 0 && !scalar.Value.Contains(": ", StringComparison.Ordinal)
            ? scalar.Value
            : JsonSerializer.Serialize(scalar.Value, s_readable);
}
