// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using Cagent.Policy;
using Cagent.Policy.Diagnostics;
using Cagent.Policy.Language;

namespace Cagent.Docs.Tests.Reference;

/// <summary>Writes docs/policy-reference.md from the model of the language.</summary>
internal static class PolicyReferencePage
{
    private static readonly (string Title, string Text, KeySet[] Blocks)[] s_chapters =
    [
        ("Files", "Every file is UTF-8 YAML, strictly read: see [YAML](policy.md#yaml).", [FileKeys.Root, FileKeys.Profile, FileKeys.ProfileParameter]),
        ("Entries", "", [EntryKeys.Entry, EntryKeys.Tls, CredentialKeys.Use]),
        ("Sources of credentials", "An item of `credentials` is one of these, by its key `from`. A value never stands in a policy. Secrets that a source needs itself, and tokens of agents, come from `env` or `file`.", [.. CredentialKeys.All.Select(source => source.Keys), CredentialKeys.VaultAppRole, CredentialKeys.VaultKubernetes]),
        ("Agents", "", [AgentKeys.Agent, AgentKeys.Identity, AgentKeys.ProfileUse, LimitKeys.AgentRuntime]),
        ("Limits", "", [LimitKeys.RateLimit, LimitKeys.Budget, LimitKeys.AgentLimits, LimitKeys.Resilience]),
        ("The rest", "", [FileKeys.Defaults, FileKeys.Dns]),
    ];

    public static string Write()
    {
        StringBuilder page = new(Intro);
        foreach ((string title, string text, KeySet[] blocks) in s_chapters)
        {
            page.Append(CultureInfo.InvariantCulture, $"\n## {title}\n");
            page.Append(text.Length == 0 ? "" : $"\n{text}\n");
            foreach (KeySet block in blocks)
            {
                page.Append(Block(block));
            }
        }

        return page.Append(Values).Append(NotInThisBuild()).ToString();
    }

    /// <summary>The diagnostics of a key and of its shape.</summary>
    public static IEnumerable<string> CodesOf(LanguageKey key) => ShapeWords.CodesOf(key.Shape).Concat(key.Codes).Distinct().Order(StringComparer.Ordinal);

    private const string Intro = """
        # Policy reference

        Every key of the policy language, as this build reads it. [policy.md](policy.md) explains how they work together, [diagnostics.md](diagnostics.md) what each code means, and [cagent.schema.json](cagent.schema.json) tells the same to editors (`cagent schema` prints it). This page is made from the list by which the reader reads; do not edit it.

        Beside the codes in the tables, every key can be unknown where it stands (CAG1007), of the wrong type (CAG1012) or missing where it is required (CAG1013), and every word of a closed list can be another (CAG1015). **Not in this build**: read and checked like the rest, and then refused (CAG1009), never ignored.

        """;

    private const string Values = """

        ## Values

        | | written | codes |
        |---|---|---|
        | text | Not empty. Unquoted text that other readers of YAML take for something else is a warning (CAG1017). | |
        | flag | `true` or `false`, unquoted; nothing else is one. | CAG1012 |
        | number | Decimal digits, unquoted, without a leading zero. | CAG1012, CAG1065 |
        | duration | One whole number and one unit: `500ms`, `30s`, `5m`, `1h`. | CAG1060 |
        | size | One whole number and one unit: `B`, `KiB`, `MiB`, `GiB`, `TiB`. | CAG1066 |
        | moment | `2027-03-01T00:00:00Z` or `2027-03-01T00:00:00+01:00`, to the second, always with an offset. | CAG1067 |
        | host | `example.com`, `"*.example.com"` (one label), `"**.example.com"` (one or more). See [Hosts](policy.md#hosts). | CAG1020 |
        | rule | `METHOD[,METHOD…] PATH`, `*` for any method; in a path `*` is one segment and a final `**` any number. See [Methods and paths](policy.md#methods-and-paths). | CAG1030 |
        | path | Of a file; relative to the file that names it. | CAG1061 |

        """;

    private static string Block(KeySet keys)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"\n### {keys.Name}\n\n{keys.Description}");
        if (BlockPlaces.Of(keys) is { Length: > 0 } places)
        {
            text.Append(CultureInfo.InvariantCulture, $" Stands at {places}.");
        }

        text.Append(CultureInfo.InvariantCulture, $"{(keys == FileKeys.Root ? OtherFiles : "")}\n\n| key | value | default | meaning | codes |\n|---|---|---|---|---|\n");
        foreach (LanguageKey key in keys.Keys)
        {
            string mark = IsHonoured(key) ? "" : "**Not in this build.** ";
            string example = key.Example is null || key.Shape is ConstantShape or ChoiceShape or FlagShape ? "" : $" Example: `{key.Example}`";
            text.Append(CultureInfo.InvariantCulture, $"| `{key.Name}` | {Cell(ShapeWords.Of(key.Shape))} | {Cell(key.IsRequired ? "required" : key.Default ?? "none")} | {mark}{Cell(key.Description + example)} | {string.Join(", ", CodesOf(key))} |\n");
        }

        return text.ToString();
    }

    private static string OtherFiles =>
        $" A file of `include` has the same keys without {Names(FileKeys.Include)}, and an overlay those without {Names(FileKeys.Overlay)}: they act on everything ({DiagnosticCodes.ConfinedKey}).";

    private static string Names(KeySet file) => string.Join(", ", file.Confined.Select(key => $"`{key}`"));

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);

    private static bool IsHonoured(LanguageKey key) => !key.IsPlanned && PolicyFeatures.Production.HasFlag(key.Feature);

    private static string NotInThisBuild()
    {
        StringBuilder text = new("\n## Not in this build\n\nRead and checked, then refused with CAG1009:\n\n");
        foreach (KeySet block in s_chapters.SelectMany(chapter => chapter.Blocks))
        {
            string[] keys = [.. block.Keys.Where(key => !IsHonoured(key) && !key.IsPlanned).Select(key => $"`{key.Name}`")];
            text.Append(keys.Length == 0 ? "" : $"- in [{block.Name}](#{ShapeWords.Anchor(block)}): {string.Join(", ", keys)}\n");
        }

        IEnumerable<string> sources = CredentialKeys.All.Where(source => !PolicyFeatures.Production.HasFlag(source.Feature)).Select(source => $"`{source.Name}`");
        text.Append(CultureInfo.InvariantCulture, $"- as a source of a credential: {string.Join(", ", sources)}\n- values: {Unhonoured()}\n");
        string[] planned = [.. s_chapters.SelectMany(chapter => chapter.Blocks).SelectMany(block => block.Keys).Where(key => key.IsPlanned).Select(key => $"`{key.Name}`").Distinct()];
        return text.Append(CultureInfo.InvariantCulture, $"\nNot read at all, and refused with the same code: {string.Join(", ", planned)}.\n").ToString();
    }

    // What is gated by value and not by key.
    private static string Unhonoured()
    {
        (string Text, PolicyFeatures Feature)[] gated = [("`in: query`", PolicyFeatures.QueryCredentials), ("`in: basic`", PolicyFeatures.BasicCredentials)];
        return string.Join(", ", gated.Where(value => !PolicyFeatures.Production.HasFlag(value.Feature)).Select(value => value.Text).Append("`websocket: true` on a wildcard"));
    }
}
