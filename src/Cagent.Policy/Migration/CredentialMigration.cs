// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Cagent.Policy.Reading;
using Cagent.Policy.Validation;

namespace Cagent.Policy.Migration;

/// <summary>Translates the <c>credential</c> of entries. A secret that stands in the old file is told by its place only, and never copied.</summary>
internal sealed class CredentialMigration(MigrationNotes notes)
{
    private static readonly string[] s_known = ["header", "format", "env"];

    private readonly SortedDictionary<string, string> _names = new(StringComparer.Ordinal);

    /// <summary>Variables by the name of the credential.</summary>
    public IReadOnlyDictionary<string, string> Names => _names;

    public void Take(OldValue? value, EntryDraft draft, bool isPlain, OldValue domain)
    {
        if (value is null or { IsNothing: true })
        {
            return;
        }

        if (value.Node is not MappingNode mapping)
        {
            draft.Losses.Add("its credential cannot be taken over");
            notes.Dropped(value, "wants a mapping, so the entry is disabled. If it is a secret, put it into the environment or a file, and change it: it stood in a file");
            return;
        }

        OldMapping credential = new(mapping, value.Path, notes);
        OldValue? env = credential.Take("env");
        OldValue? oldHeader = credential.Take("header");
        OldValue? oldFormat = credential.Take("format");
        string? variable = ReadVariable(env, domain);
        string? header = ReadHeader(oldHeader);
        string? format = ReadFormat(oldFormat);
        bool isWhole = variable is not null && header is not null && format is not null;
        Note(env, variable, isWhole, "credentials: from: env");
        Note(oldHeader, header, isWhole, "credential.header");
        Note(oldFormat, format, isWhole, "credential.format");
        credential.ReportRest($"is not one of {string.Join(", ", s_known)}; if it holds a secret, put that into the environment or a file, and change it: it stood in a file");
        if (variable is null || header is null || format is null)
        {
            // Without its credential the agent's own header would pass.
            draft.Losses.Add("its credential cannot be taken over");
            return;
        }

        string written = format == "{value}" ? "" : $", format: {PolicyScalar.Write(format)}";
        string insecure = isPlain ? ", insecure_credential: true" : "";
        draft.Add($"credential: {{use: {NameOf(variable)}, header: {PolicyScalar.Write(header)}{written}{insecure}}}");
        if (isPlain)
        {
            notes.Changed(domain, "its credential travels in clear, as before, which insecure_credential: true says now; better reach the host over https");
        }
        else if (domain.Text?.StartsWith('*') == true)
        {
            notes.Changed(domain, "its credential goes to every host below; better write an entry for each host that needs it");
        }
    }

    /// <summary>Says what became of a part that is right by itself; what is wrong has been told where it was read.</summary>
    private void Note(OldValue? old, string? read, bool isWhole, string text)
    {
        if (old is null || read is null)
        {
            return;
        }

        if (isWhole)
        {
            notes.Mapped(old, text);
        }
        else
        {
            notes.Dropped(old, "goes with its credential, of which another part cannot be taken over");
        }
    }

    private string? ReadVariable(OldValue? env, OldValue domain)
    {
        if (env is null)
        {
            notes.Dropped(domain, "its credential names no variable (env), so the entry is disabled");
            return null;
        }

        if (env.Text is { } text && SecretLooks.IsVariable(text))
        {
            return text;
        }

        notes.Dropped(env, "looks like a secret and not like the name of a variable; it is not copied. Put it into the environment or a file, and change it: it stood in a file");
        return null;
    }

    private string? ReadHeader(OldValue? header)
    {
        if (header is null)
        {
            return "Authorization";
        }

        if (header.Text is { } text && HeaderRules.FindProblem(text.ToLowerInvariant()) is var problem && problem is null && SecretLooks.IsFormat(text + "{value}"))
        {
            return text;
        }

        notes.Dropped(header, "is no header that may carry a credential, so the entry is disabled");
        return null;
    }

    private string? ReadFormat(OldValue? format)
    {
        if (format is null)
        {
            return "{value}";
        }

        if (format.Text is { } text && SecretLooks.IsFormat(text))
        {
            return text;
        }

        notes.Dropped(format, "has not {value} once in a short text, so it may hold a secret; it is not copied, and the entry is disabled");
        return null;
    }

    private string NameOf(string variable)
    {
        string stem = variable.Trim('_').ToLowerInvariant().Replace('_', '-');
        stem = stem.Length == 0 ? "credential" : stem;
        string name = stem;
        for (int number = 2; _names.TryGetValue(name, out string? taken) && taken != variable; number++)
        {
            name = string.Create(CultureInfo.InvariantCulture, $"{stem}-{number}");
        }

        _names[name] = variable;
        return name;
    }
}
