// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Text;

namespace Cagent.TestKit.Clients;

/// <summary>An HTTP/1.1 response as it came.</summary>
/// <param name="StatusLine">The first line.</param>
/// <param name="Status">The status code.</param>
/// <param name="Headers">The header fields in order, names as sent.</param>
/// <param name="Body">The body, without its chunk framing.</param>
public sealed record RawResponse(string StatusLine, int Status, ImmutableArray<KeyValuePair<string, string>> Headers, ReadOnlyMemory<byte> Body)
{
    /// <summary>The body as UTF-8.</summary>
    public string Text => Encoding.UTF8.GetString(Body.Span);

    /// <summary>The reason in <c>x-cagent-denied</c>, or null.</summary>
    public string? DeniedReason => Header("x-cagent-denied");

    /// <summary>The values of a field joined by a comma, or null when it is absent.</summary>
    public string? Header(string name)
    {
        string[] values = [.. Headers.Where(field => field.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(field => field.Value)];
        return values.Length == 0 ? null : string.Join(",", values);
    }

    /// <summary>Status line, header fields and the body's text.</summary>
    public override string ToString() =>
        $"{StatusLine}\n{string.Join("\n", Headers.Select(field => $"{field.Key}: {field.Value}"))}\n\n{Text}";
}
