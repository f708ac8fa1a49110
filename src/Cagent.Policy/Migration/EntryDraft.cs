// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Policy.Migration;

/// <summary>An entry of the new policy while it is put together.</summary>
internal sealed class EntryDraft
{
    private readonly List<string> _lines = [];

    /// <summary>Why the entry is written disabled: what it lost would have denied something.</summary>
    public List<string> Losses { get; } = [];

    /// <summary>Only for the host itself: two entries cannot share a second name.</summary>
    public string? AliasLine { get; set; }

    /// <summary>Adds a key; as a comment when this build does not honour it.</summary>
    public void Add(string line, bool isHonoured = true) => _lines.Add(isHonoured ? line : "# " + line);

    /// <summary>The entry's lines, for one host.</summary>
    public IEnumerable<string> Write(string host, bool hasAlias, string origin)
    {
        yield return $"  # {origin}";
        foreach (string loss in Losses)
        {
            yield return $"  # Disabled by the migration: {loss}.";
        }

        yield return $"  - domain: {PolicyScalar.Write(host)}";
        IEnumerable<string> lines = hasAlias && AliasLine is not null ? _lines.Prepend(AliasLine) : _lines;
        foreach (string line in Losses.Count == 0 ? lines : lines.Where(line => !line.StartsWith("enabled:", StringComparison.Ordinal)).Append("enabled: false"))
        {
            yield return $"    {line}";
        }
    }
}
