// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Text.Json;

namespace Cagent.ControlPlane.Credentials;

/// <summary>Texts in an order, equal by content and with all of it in <see cref="ToString"/>, as a definition needs them. Immutable.</summary>
public sealed class TextList(ImmutableArray<string> items) : IEquatable<TextList>
{
    /// <summary>The texts.</summary>
    public ImmutableArray<string> Items { get; } = items;

    /// <inheritdoc/>
    public bool Equals(TextList? other) => other is not null && Items.SequenceEqual(other.Items, StringComparer.Ordinal);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as TextList);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = new();
        foreach (string item in Items)
        {
            hash.Add(item, StringComparer.Ordinal);
        }

        return hash.ToHashCode();
    }

    /// <summary>A JSON array: no two lists have one text.</summary>
    public override string ToString() => JsonSerializer.Serialize(Items.AsEnumerable());
}
