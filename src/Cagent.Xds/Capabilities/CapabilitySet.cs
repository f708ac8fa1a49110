// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace Cagent.Xds.Capabilities;

/// <summary>What a node can digest, as words of the host's own choice. Immutable; equal when the words are.</summary>
public sealed class CapabilitySet : IEquatable<CapabilitySet>
{
    private readonly ImmutableSortedSet<string>? _names;
    private readonly string _key;

    private CapabilitySet(ImmutableSortedSet<string>? names)
    {
        _names = names;
        _key = names is null ? "*" : string.Join('\n', names);
    }

    /// <summary>Every capability there is: the set of every node unless the options say otherwise.</summary>
    public static CapabilitySet All { get; } = new(null);

    /// <summary>Whether this is <see cref="All"/>.</summary>
    public bool IsAll => _names is null;

    /// <summary>The words, in ordinal order; empty for <see cref="All"/>.</summary>
    public IReadOnlyCollection<string> Names => _names ?? [];

    /// <summary>A set of exactly these words; none is a set too.</summary>
    public static CapabilitySet Of(params IEnumerable<string> names) => new(names.ToImmutableSortedSet(StringComparer.Ordinal));

    /// <summary>The names of the rules that hold for a node.</summary>
    public static CapabilitySet Of(Envoy.Config.Core.V3.Node node, IEnumerable<CapabilityRule> rules) =>
        Of(rules.Where(rule => rule.Holds(node)).Select(rule => rule.Name));

    /// <summary>Whether a node with this set can digest what needs a capability.</summary>
    public bool Has(string name) => _names is null || _names.Contains(name);

    /// <inheritdoc/>
    public bool Equals(CapabilitySet? other) => other is not null && IsAll == other.IsAll && string.Equals(_key, other._key, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as CapabilitySet);

    /// <inheritdoc/>
    public override int GetHashCode() => _key.GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => IsAll ? "all" : string.Join(' ', Names);
}
