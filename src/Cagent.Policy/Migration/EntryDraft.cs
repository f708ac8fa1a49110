// SPDX-License-Identifier: Apache-2.0
using Cagent.Domains;

namespace Cagent.Policy.Migration;

/// <summary>The entries that one entry of an old file becomes, while they are put together.</summary>
/// <param name="domain">Its old <c>domain</c>.</param>
/// <param name="hosts">A new entry for each of these.</param>
/// <param name="origin">A comment that says where it was.</param>
internal sealed class EntryDraft(OldValue domain, HostPattern[] hosts, string origin)
{
    private readonly List<string> _lines = [];

    /// <summary>Its old <c>domain</c>.</summary>
    public OldValue Domain { get; } = domain;

    /// <summary>A new entry for each of these.</summary>
    public IReadOnlyList<HostPattern> Hosts { get; } = hosts;

    /// <summary>Why the entry is written disabled: what it lost would have denied something.</summary>
    public List<string> Losses { get; } = [];

    /// <summary>Only for the host itself: two entries cannot share a second name.</summary>
    public string? AliasLine { get; set; }

    /// <summary>Adds a key; as a comment when this build does not honour it.</summary>
    public void Add(string line, bool isHonoured = true) => _lines.Add(isHonoured ? line : "# " + line);

    /// <summary>The lines of all its entries.</summary>
    public IEnumerable<string> Write() => Hosts.SelectMany((host, index) => Write(host.Text, hasAlias: index == 0));

    private IEnumerable<string> Write(string host, bool hasAlias)
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
