// SPDX-License-Identifier: Apache-2.0
using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Cagent.Policy.Language;

/// <summary>
/// The keys of one kind of mapping, with all that is known of them: the reader, the JSON Schema and the reference page are made from
/// this one list.
/// </summary>
internal sealed class KeySet
{
    private readonly FrozenDictionary<string, LanguageKey> _byName;

    public KeySet(string name, string description, params ImmutableArray<LanguageKey> keys)
    {
        Name = name;
        Description = description;
        Keys = keys;
        _byName = keys.ToFrozenDictionary(key => key.Name, StringComparer.Ordinal);
    }

    /// <summary>What the kind of mapping is called in the schema and the reference, such as <c>rate_limit</c>.</summary>
    public string Name { get; }

    /// <summary>What it is for: one or two sentences in Markdown.</summary>
    public string Description { get; }

    /// <summary>The keys: those that every build honours, then the others.</summary>
    public ImmutableArray<LanguageKey> Keys { get; }

    /// <summary>Keys of the first file that must not stand here: they reach beyond the file.</summary>
    public ImmutableArray<string> Confined { get; init; } = [];

    /// <summary>Where that is, in words.</summary>
    public string Place { get; init; } = "";

    /// <summary>Every key that is read here.</summary>
    public IEnumerable<string> All => Keys.Where(key => !key.IsPlanned).Select(key => key.Name);

    /// <summary>The key of that name, or null.</summary>
    public LanguageKey? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>The shape of a key that the reader reads by its type; it is a defect of the reader when the model says otherwise.</summary>
    public T ShapeOf<T>(string name)
        where T : ValueShape => Find(name)?.Shape switch
        {
            T shape => shape,
            EitherShape either when either.Alternatives.OfType<T>().FirstOrDefault() is { } shape => shape,
            _ => throw new InvalidOperationException($"{Name}.{name} is not described as {typeof(T).Name}."),
        };

    /// <summary>What an honest hint may name: the keys that a build honours.</summary>
    public IEnumerable<string> HonouredBy(PolicyFeatures honoured) =>
        Keys.Where(key => !key.IsPlanned && honoured.HasFlag(key.Feature)).Select(key => key.Name);

    /// <summary>The same without some keys, for a file that is not the first.</summary>
    public KeySet Within(string name, string place, params ImmutableArray<string> confined) =>
        new(name, Description, [.. Keys.Where(key => !confined.Contains(key.Name))]) { Confined = confined, Place = place };
}
