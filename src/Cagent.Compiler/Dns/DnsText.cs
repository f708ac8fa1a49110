// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Cagent.Policy.Model;

namespace Cagent.Compiler.Dns;

/// <summary>The view as text: part of what a revision's hash covers, and what golden cases compare.</summary>
public static class DnsText
{
    /// <summary>Shared names first, then what differs for each agent. Empty when there is nothing to show.</summary>
    public static string Render(DnsView view)
    {
        ArgumentNullException.ThrowIfNull(view);
        if (view.IsEmpty)
        {
            return "";
        }

        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"publish: {PublishName(view.Publish)}\nttl_seconds: {view.TtlSeconds}\n")
            .Append(CultureInfo.InvariantCulture, $"upstream: [{string.Join(", ", view.Upstream.Select(resolver => $"\"{resolver}\""))}]\n");
        Names(text, "", view.SharedNames);
        text.Append("agents:\n");
        foreach (DnsAgent agent in view.Agents)
        {
            text.Append(CultureInfo.InvariantCulture, $"  - agent: \"{agent.Name}\"\n");
            if (agent.IsQuarantined)
            {
                text.Append("    quarantined: true\n");
            }

            Names(text, "    ", agent.OwnNames);
            if (!agent.HiddenAliases.IsEmpty)
            {
                text.Append(CultureInfo.InvariantCulture, $"    hidden: [{string.Join(", ", agent.HiddenAliases.Select(host => $"\"{host}\""))}]\n");
            }
        }

        return text.ToString();
    }

    /// <summary>The mode as the policy writes it.</summary>
    public static string PublishName(DnsPublishing publish) => publish switch
    {
        DnsPublishing.Off => "off",
        DnsPublishing.Envoy => "envoy",
        DnsPublishing.CoreDns => "coredns",
        _ => throw new UnreachableException(),
    };

    private static void Names(StringBuilder text, string indent, ImmutableArray<DnsName> names)
    {
        if (names.IsEmpty)
        {
            return;
        }

        text.Append(CultureInfo.InvariantCulture, $"{indent}names:\n");
        foreach (DnsName name in names)
        {
            string alias = name.IsAlias ? $", alias_of: [{string.Join(", ", name.AliasOf.Select(host => $"\"{host}\""))}]" : "";
            text.Append(CultureInfo.InvariantCulture, $"{indent}  - {{name: \"{name.Host}\"{alias}}}\n");
        }
    }
}
