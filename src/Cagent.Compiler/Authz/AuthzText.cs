// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;

namespace Cagent.Compiler.Authz;

/// <summary>The table as text: part of what a revision's hash covers, and what golden cases compare.</summary>
public static class AuthzText
{
    /// <summary>One block an entry, in the table's order. Holds names of credentials, never values.</summary>
    public static string Render(AuthzTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        StringBuilder text = new();
        foreach (AuthzEntry entry in table.Entries)
        {
            text.Append(CultureInfo.InvariantCulture, $"- entry: {Quote(entry.Name)}\n  kind: {entry.Kind.ToString().ToLowerInvariant()}\n");
            Lines(text, "allow", entry.Allow.Select(rule => rule.Text));
            Lines(text, "deny", entry.Deny.Select(rule => rule.Text));
            if (entry.ReadOnly)
            {
                text.Append("  read_only: true\n");
            }

            if (entry.WebSocket)
            {
                text.Append("  websocket: true\n");
            }

            if (entry.Credential is { } credential)
            {
                text.Append(CultureInfo.InvariantCulture, $"  credential: {{use: {Quote(credential.Name)}, header: {Quote(credential.Header)}, format: {Quote(credential.Format)}}}\n");
            }
        }

        return text.ToString();
    }

    private static void Lines(StringBuilder text, string key, IEnumerable<string> values)
    {
        string[] all = [.. values];
        if (all.Length > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"  {key}:\n{string.Concat(all.Select(value => $"    - {Quote(value)}\n"))}");
        }
    }

    private static string Quote(string value) => $"\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
