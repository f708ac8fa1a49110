// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Text;

namespace Cagent.TestKit.Tcp;

/// <summary>One request as an <see cref="ExactServer"/> got it, byte for byte. Text has one character for each byte.</summary>
/// <param name="ServerName">The name in the ClientHello; null without TLS or without a name.</param>
/// <param name="Line">The request line.</param>
/// <param name="Fields">The fields in their order, as written but for the blanks around a value.</param>
/// <param name="Body">The body, unchunked.</param>
/// <param name="Fault">Why it is no proper request, or null.</param>
public sealed record ExactRequest(string? ServerName, string Line, ImmutableArray<KeyValuePair<string, string>> Fields, ImmutableArray<byte> Body, string? Fault)
{
    /// <summary>The method.</summary>
    public string Method => Part(0);

    /// <summary>The target.</summary>
    public string Target => Part(1);

    /// <summary>All values of a field.</summary>
    public IEnumerable<string> Values(string name) => Fields.Where(field => field.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(field => field.Value);

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Fault}{(Fault is null ? "" : ": ")}[{ServerName}] {Line}\n{string.Concat(Fields.Select(field => $"  {field.Key}: {field.Value}\n"))}  {Body.Length} bytes: {Encoding.Latin1.GetString(Body.AsSpan())}";

    private string Part(int index) => Line.Split(' ').ElementAtOrDefault(index) ?? "";
}
