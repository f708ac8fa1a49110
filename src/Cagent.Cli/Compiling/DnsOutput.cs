// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using Cagent.Compiler.Dns;
using Spectre.Console;

namespace Cagent.Cli.Compiling;

/// <summary>The names that may be resolved, for people and programs.</summary>
internal static class DnsOutput
{
    /// <summary>Null when there is nothing to show.</summary>
    public static JsonObject? ToJson(DnsView dns) => dns.IsEmpty ? null : new JsonObject
    {
        ["publish"] = DnsText.PublishName(dns.Publish),
        ["ttl_seconds"] = dns.TtlSeconds,
        ["upstream"] = JsonOutput.Array(dns.Upstream.Select(resolver => JsonValue.Create(resolver.ToString()))),
        ["names"] = Names(dns.SharedNames),
        ["agents"] = JsonOutput.Array(dns.Agents.Select(agent => new JsonObject
        {
            ["agent"] = agent.Name,
            ["quarantined"] = agent.IsQuarantined,
            ["own_names"] = Names(agent.OwnNames),
            ["hidden_aliases"] = JsonOutput.Array(agent.HiddenAliases.Select(host => JsonValue.Create(host.Text))),
        })),
    };

    /// <summary>Writes nothing when there is nothing to show.</summary>
    public static void Write(IAnsiConsole console, DnsView dns)
    {
        if (dns.IsEmpty)
        {
            return;
        }

        Table table = new Table { Border = TableBorder.Rounded }.AddColumns("name", "second name of", "for");
        AddRows(table, dns.SharedNames, "every agent");
        foreach (DnsAgent agent in dns.Agents)
        {
            AddRows(table, agent.OwnNames, agent.Name);
            foreach (string hidden in agent.HiddenAliases.Select(host => host.Text))
            {
                table.AddRow(Markup.Escape(hidden), "", $"not {agent.Name}");
            }

            if (agent.IsQuarantined)
            {
                table.AddRow("none", "", agent.Name);
            }
        }

        console.Write(table);
        console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"dns: publish {DnsText.PublishName(dns.Publish)}, ttl {dns.TtlSeconds}s"));
    }

    private static void AddRows(Table table, ImmutableArray<DnsName> names, string agent)
    {
        foreach (DnsName name in names)
        {
            table.AddRow(Markup.Escape(name.Host.Text), Markup.Escape(string.Join(", ", name.AliasOf)), agent);
        }
    }

    private static JsonArray Names(ImmutableArray<DnsName> names) => JsonOutput.Array(names.Select(name => new JsonObject
    {
        ["name"] = name.Host.Text,
        ["alias_of"] = JsonOutput.Array(name.AliasOf.Select(host => JsonValue.Create(host.Text))),
    }));
}
