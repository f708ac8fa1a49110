// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.RegularExpressions;

namespace Cagent.Architecture.Tests;

/// <summary>The block <c>layers</c> of docs/architecture.md: the layer of each project, and the references drawn inside a layer.</summary>
internal sealed class LayerTable
{
    private readonly Dictionary<string, int> _layers = new(StringComparer.Ordinal);

    private LayerTable(string block)
    {
        foreach (Match line in Regex.Matches(block, @"^L(\d)((?: +\w+)+)$", RegexOptions.Multiline))
        {
            foreach (string project in line.Groups[2].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                _layers.Add(project, int.Parse(line.Groups[1].Value, CultureInfo.InvariantCulture));
            }
        }

        Arrows = [.. Regex.Matches(block, @"^(\w+) +-> (\w+)$", RegexOptions.Multiline).Select(arrow => (arrow.Groups[1].Value, arrow.Groups[2].Value))];
    }

    public IReadOnlyCollection<string> Projects => _layers.Keys;

    public IReadOnlyList<(string From, string To)> Arrows { get; }

    public static LayerTable Read() =>
        new(Regex.Match(File.ReadAllText(Sources.Docs("architecture.md")), "^```layers\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline).Groups[1].Value);

    public bool Allows(string from, string to) =>
        _layers[to] < _layers[from] || (_layers[to] == _layers[from] && Arrows.Contains((from, to)));
}
