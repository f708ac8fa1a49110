// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Xds.Tests.Faults;

/// <summary>States that change at random: clusters with endpoints and listeners with routes come, change and go; some are large.</summary>
internal sealed class RandomStates(int seed)
{
    private const int Clusters = 16;
    private const int Listeners = 6;
    private static readonly string Padding = new('x', 20_000);
    private readonly Random _random = new(seed);
    private readonly SortedDictionary<string, string> _state = new(StringComparer.Ordinal);
    private int _changes;

    /// <summary>Changes a few resources, and gives all of them in the words of <see cref="Snapshots"/>.</summary>
    public string[] Next()
    {
        for (int i = _random.Next(1, 5); i > 0; i--)
        {
            bool isCluster = _random.Next(3) != 0;
            string name = isCluster ? $"c{_random.Next(Clusters):d2}" : $"l{_random.Next(Listeners)}";
            (string parent, string child) = isCluster ? ("cds", "eds") : ("lds", "rds");
            switch (_random.Next(5))
            {
                case 0:
                    _state.Remove($"{parent}/{name}");
                    _state.Remove($"{child}/{name}");
                    break;
                case 1 when _state.ContainsKey($"{parent}/{name}"):
                    _state[$"{parent}/{name}"] = Content();
                    break;
                case 2 when _state.ContainsKey($"{parent}/{name}"):
                    _state[$"{child}/{name}"] = Content();
                    break;
                default:
                    _state[$"{parent}/{name}"] = Content();
                    _state[$"{child}/{name}"] = Content();
                    break;
            }
        }

        return [.. _state.Select(pair => $"{pair.Key}={pair.Value}")];
    }

    private string Content() => $"v{++_changes}" + (_random.Next(10) == 0 ? Padding : "");
}
