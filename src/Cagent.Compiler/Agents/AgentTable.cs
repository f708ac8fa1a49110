// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Policy.Model;

namespace Cagent.Compiler.Agents;

/// <summary>
/// What is known of each agent, found by the name of a concrete one: its own name decides before prefixes, and a longer prefix before a
/// shorter one. A lookup costs one probe for each length that prefixes have, at most 63, and allocates nothing. Immutable and thread safe.
/// </summary>
internal sealed class AgentTable<T>
    where T : class
{
    private readonly Dictionary<string, T?> _exact = new(StringComparer.Ordinal);
    private readonly Dictionary<string, T?>.AlternateLookup<ReadOnlySpan<char>> _prefixes;

    // Longest first.
    private readonly int[] _lengths;

    /// <summary>Builds the table; a name that ends in <c>*</c> is a prefix.</summary>
    /// <param name="agents">The agents.</param>
    /// <param name="disabled">Names that are nobody's, whatever prefix would take them in.</param>
    /// <exception cref="ArgumentException">Two agents have one name: a policy with duplicates never validates.</exception>
    public AgentTable(IEnumerable<(string Name, T Value)> agents, ImmutableArray<AgentName> disabled)
    {
        Dictionary<string, T?> prefixes = new(StringComparer.Ordinal);
        foreach ((string name, T? value) in agents.Select(agent => (agent.Name, (T?)agent.Value)).Concat(disabled.Select(name => (name.Text, (T?)null))))
        {
            if (name.EndsWith('*'))
            {
                prefixes.Add(name[..^1], value);
            }
            else
            {
                _exact.Add(name, value);
            }
        }

        _prefixes = prefixes.GetAlternateLookup<ReadOnlySpan<char>>();
        _lengths = [.. prefixes.Keys.Select(prefix => prefix.Length).Distinct().OrderDescending()];
    }

    /// <summary>What is known of an agent, or null. A prefix as it is written finds itself, since no name holds a star before its end.</summary>
    public T? Find(string agent)
    {
        if (_exact.TryGetValue(agent, out T? value))
        {
            return value;
        }

        foreach (int length in _lengths)
        {
            // A prefix wants at least one character behind it.
            if (length < agent.Length && _prefixes.TryGetValue(agent.AsSpan(0, length), out value))
            {
                return value;
            }
        }

        return null;
    }
}
