// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Cagent.Policy.Catalogue;
using Spectre.Console;

namespace Cagent.Cli.Profiles;

/// <summary>Shipped profiles for people and programs.</summary>
internal static class ProfileText
{
    private const int ShownHosts = 2;

    public static void WriteTable(TextWriter writer, IEnumerable<string> names)
    {
        Table table = new Table { Border = TableBorder.Rounded }.AddColumns("name", "what it opens", "arguments", "hosts");
        table.Columns[0].NoWrap();
        foreach (string name in names)
        {
            ProfileOutline outline = Outline(name);
            string hosts = string.Join(", ", outline.Hosts.Take(ShownHosts)) + (outline.Hosts.Length > ShownHosts ? $" and {outline.Hosts.Length - ShownHosts} more" : "");
            table.AddRow(Markup.Escape(name), Markup.Escape(outline.Description), Markup.Escape(string.Join(", ", outline.Parameters.Select(Signature))), Markup.Escape(hosts));
        }

        CommandConsole.Open(writer).Write(table);
        writer.WriteLine("cagent profiles show NAME prints one, with what it leaves out. A policy uses it by name: profiles: [{use: NAME, ARGUMENT: VALUE}]");
    }

    public static JsonObject ToJson(string name, bool withText)
    {
        ProfileOutline outline = Outline(name);
        JsonObject json = new()
        {
            ["name"] = name,
            ["summary"] = outline.Description,
            ["parameters"] = JsonOutput.Array(outline.Parameters.Select(parameter => new JsonObject
            {
                ["name"] = parameter.Name,
                ["type"] = parameter.Type,
                ["required"] = parameter.IsRequired,
                ["default"] = parameter.Default,
                ["description"] = parameter.Description,
            })),
            ["hosts"] = JsonOutput.Array(outline.Hosts.Select(host => JsonValue.Create(host))),
        };
        if (withText)
        {
            json["text"] = ShippedProfiles.Texts[name];
        }

        return json;
    }

    // A shipped profile always reads; a test sees to it.
    private static ProfileOutline Outline(string name) => ProfileOutline.Read(ShippedProfiles.Texts[name], ShippedProfiles.DisplayOf(name))!;

    private static string Signature(ProfileParameterOutline parameter) =>
        parameter.IsRequired ? parameter.Name : parameter.Default is { } value ? $"{parameter.Name}={value}" : $"[{parameter.Name}]";
}
