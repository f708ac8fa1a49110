// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace Cagent.Domains;

/// <summary>
/// The public suffix list: suffixes below which anybody can register a name (its ICANN section), or get one as a customer of
/// somebody's service (its private section). A lookup costs three probes of a table, however long the list. Immutable and thread safe.
/// </summary>
internal sealed class PublicSuffixes
{
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _icann;
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _private;
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _exceptions;
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _ancestors;

    private PublicSuffixes(IEnumerable<string> lines)
    {
        HashSet<string> icann = new(StringComparer.Ordinal);
        HashSet<string> tenants = new(StringComparer.Ordinal);
        HashSet<string> exceptions = new(StringComparer.Ordinal);
        HashSet<string> ancestors = new(StringComparer.Ordinal);
        HashSet<string> section = icann;
        foreach (string line in lines)
        {
            if (line.Length == 0 || line[0] == '#')
            {
                section = line == PrivateSection ? tenants : section;
                Date = line.StartsWith(DateMark, StringComparison.Ordinal) ? line[DateMark.Length..] : Date;
            }
            else if (line[0] == '!')
            {
                exceptions.Add(line[1..]);
            }
            else
            {
                section.Add(line);
                for (int dot = line.IndexOf('.', StringComparison.Ordinal); dot >= 0; dot = line.IndexOf('.', dot + 1))
                {
                    ancestors.Add(line[(dot + 1)..]);
                }
            }
        }

        Count = icann.Count + tenants.Count + exceptions.Count;
        _icann = icann.GetAlternateLookup<ReadOnlySpan<char>>();
        _private = tenants.GetAlternateLookup<ReadOnlySpan<char>>();
        _exceptions = exceptions.GetAlternateLookup<ReadOnlySpan<char>>();
        _ancestors = ancestors.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>The line behind which the private section stands in the file.</summary>
    public const string PrivateSection = "# section: private";

    /// <summary>What the line with the date begins with.</summary>
    public const string DateMark = "# date: ";

    /// <summary>The list that comes with the program.</summary>
    public static PublicSuffixes Bundled { get; } = new(ReadBundled());

    /// <summary>The day of the list, such as <c>2023-02-09</c>.</summary>
    public string Date { get; } = "";

    /// <summary>How many rules it has.</summary>
    public int Count { get; }

    /// <summary>Whether names directly below are for anybody to register. A last label that no rule names counts as listed.</summary>
    public bool IsPublic(string suffix) => !suffix.Contains('.', StringComparison.Ordinal) || Has(_icann, suffix);

    /// <summary>Whether names directly below belong to the customers of a service.</summary>
    public bool IsShared(string suffix) => Has(_private, suffix);

    /// <summary>Whether a listed suffix lies somewhere below.</summary>
    public bool IsAboveAnother(string suffix) => _ancestors.Contains(suffix);

    /// <summary>Whether a rule names the suffix: itself, or every child of its parent; an exception takes it out.</summary>
    private bool Has(HashSet<string>.AlternateLookup<ReadOnlySpan<char>> rules, string suffix)
    {
        if (rules.Contains(suffix))
        {
            return true;
        }

        Span<char> wildcard = stackalloc char[HostName.MaxLength + 2];
        int dot = suffix.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0 || suffix.Length > HostName.MaxLength || _exceptions.Contains(suffix))
        {
            return false;
        }

        wildcard[0] = '*';
        suffix.AsSpan(dot).CopyTo(wildcard[1..]);
        return rules.Contains(wildcard[..(suffix.Length - dot + 1)]);
    }

    private static ImmutableArray<string> ReadBundled()
    {
        using Stream stream = typeof(PublicSuffixes).Assembly.GetManifestResourceStream("public-suffixes.txt")
            ?? throw new InvalidOperationException("The public suffix list is not part of the assembly.");
        using StreamReader reader = new(stream);
        return [.. reader.ReadToEnd().Split('\n')];
    }
}
