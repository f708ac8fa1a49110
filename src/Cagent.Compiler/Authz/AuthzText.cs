// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Cagent.Compiler.Lowering;
using Cagent.Policy.Model;

namespace Cagent.Compiler.Authz;

/// <summary>The table as text: part of what a revision's hash covers, and what golden cases compare.</summary>
public static class AuthzText
{
    /// <summary>One block a shared entry, then one each agent and own entry, in the table's order. Holds names of credentials, never values.</summary>
    public static string Render(AuthzTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        StringBuilder text = new();
        Entries(text, table.Entries, agent: null);
        foreach (AuthzAgent agent in table.HasDeclaredAgents ? table.Agents : [])
        {
            Quote(text.Append("- agent: "), agent.Name).Append(agent.IsQuarantined ? "\n  quarantined: true\n" : "\n");
            Recognition(text, agent.Recognition);
            Entries(text, agent.OwnEntries, agent.Name);
        }

        return text.ToString();
    }

    private static void Recognition(StringBuilder text, AgentRecognition? recognition)
    {
        foreach (string token in recognition?.Tokens ?? [])
        {
            Quote(text.Append("  token: "), token).Append('\n');
        }

        if (recognition?.Listener is { } listener)
        {
            Quote(text.Append("  listener: "), listener).Append('\n');
        }

        if (recognition?.Spiffe is { } id)
        {
            Quote(text.Append("  spiffe: "), id).Append('\n');
        }

        if (recognition is { Sources.IsEmpty: false })
        {
            text.Append("  sources: [").AppendJoin(", ", recognition.Sources).Append("]\n");
        }
    }

    private static void Entries(StringBuilder text, ImmutableArray<AuthzEntry> entries, string? agent)
    {
        foreach (AuthzEntry entry in entries)
        {
            Quote(text.Append("- entry: "), entry.Name).Append('\n');
            if (agent is not null)
            {
                Quote(text.Append("  of: "), agent).Append('\n');
            }

            if (entry.Alias is { } alias)
            {
                Quote(text.Append("  alias: "), alias.Value).Append('\n');
            }

            text.Append("  kind: ").Append(NameOf(entry.Kind)).Append('\n');
            Lines(text, "  allow:\n", entry.Allow);
            Lines(text, "  deny:\n", entry.Deny);
            if (entry.ReadOnly)
            {
                text.Append("  read_only: true\n");
            }

            if (entry.WebSocket)
            {
                text.Append("  websocket: true\n");
            }

            if (entry.MaxRequestBody is { } body)
            {
                text.Append(CultureInfo.InvariantCulture, $"  max_request_body: {body}\n");
            }

            if (entry.Credential is { } credential)
            {
                Credential(text, credential);
            }
        }
    }

    private static void Credential(StringBuilder text, CredentialUse credential)
    {
        Quote(text.Append("  credential: {use: "), credential.Name);
        if (credential.In == CredentialPlace.Query)
        {
            Quote(text.Append(", in: query, parameter: "), credential.Parameter!);
        }
        else if (credential.In == CredentialPlace.Basic)
        {
            Quote(text.Append(", in: basic, username: "), credential.Username!);
        }
        else if (credential.In == CredentialPlace.Signature)
        {
            text.Append(credential.SignsBody ? ", in: signature, of: whole}\n" : ", in: signature, of: head}\n");
            return;
        }
        else
        {
            Quote(text.Append(", header: "), credential.Header);
        }

        Quote(text.Append(", format: "), credential.Format);
        for (int i = 0; i < credential.MoreHeaders.Length; i++)
        {
            Quote(text.Append(i == 0 ? ", more_headers: {" : ", "), credential.MoreHeaders[i].Name);
            Quote(text.Append(": "), credential.MoreHeaders[i].Format);
        }

        text.Append(credential.MoreHeaders.IsEmpty ? "" : "}");
        if (credential.Placeholder)
        {
            Quote(text.Append(", placeholder: "), credential.PlaceholderFormat);
        }

        text.Append("}\n");
    }

    private static void Lines(StringBuilder text, string key, ImmutableArray<PolicyRule> rules)
    {
        if (!rules.IsEmpty)
        {
            text.Append(key);
            foreach (PolicyRule rule in rules)
            {
                Quote(text.Append("    - "), rule.Text).Append('\n');
            }
        }
    }

    private static string NameOf(EntryKind kind) => kind switch
    {
        EntryKind.Inspected => "inspected",
        EntryKind.Pinned => "pinned",
        EntryKind.Plain => "plain",
        _ => throw new UnreachableException(),
    };

    private static StringBuilder Quote(StringBuilder text, string value)
    {
        text.Append('"');
        return (value.AsSpan().IndexOfAny('\\', '"') < 0
            ? text.Append(value)
            : text.Append(value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal))).Append('"');
    }
}
