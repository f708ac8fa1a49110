// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Globalization;
using Cagent.Policy.Diagnostics;
using Cagent.Policy.Language;

namespace Cagent.Policy.Reading;

/// <summary>
/// Reads the values of one mapping by key and type. Keys outside its <see cref="KeySet"/> are reported at once. Messages never
/// repeat a value: a secret may stand where it does not belong.
/// </summary>
internal sealed class MappingReader
{
    private readonly MappingNode _node;
    private readonly KeySet _keys;
    private readonly ReadingContext _context;
    private readonly DiagnosticBag _bag;

    public MappingReader(MappingNode node, string keyPath, KeySet keys, ReadingContext context)
    {
        _node = node;
        _keys = keys;
        _context = context;
        _bag = context.Bag;
        KeyPath = keyPath;
        ReportForeignKeys();
    }

    public string KeyPath { get; }

    public SourceLocation Location => _node.Location;

    public string PathOf(string key) => KeyPath.Length == 0 ? key : $"{KeyPath}.{key}";

    public bool Has(string key) => Find(key) is not null;

    // A loop: an entry is asked for twenty keys, and a closure for each was a tenth of the time of a large policy.
    public YamlNode? Find(string key)
    {
        foreach (MappingPair pair in _node.Pairs)
        {
            if (pair.Key == key)
            {
                return pair.Value;
            }
        }

        return null;
    }

    public Located<string>? Text(string key) => Text(key, warns: true);

    public Located<bool>? Flag(string key)
    {
        YamlNode? node = Find(key);
        if (node is ScalarNode { IsPlain: true, Value: "true" or "false" } scalar)
        {
            return new Located<bool>(scalar.Value == "true", scalar.Location, PathOf(key));
        }

        string hint = node is ScalarNode { IsPlain: true } word && AmbiguousScalar.IsBoolean(word.Value)
            ? $"write {(word.Value.ToLowerInvariant() is "yes" or "on" or "y" or "true" ? "true" : "false")}; other spellings are text"
            : "write true or false, unquoted";
        return Refuse<Located<bool>>(node, key, "true or false", hint);
    }

    public Located<int>? Number(string key)
    {
        YamlNode? node = Find(key);
        if (node is ScalarNode { IsPlain: true } scalar
            && int.TryParse(scalar.Value, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            && scalar.Value == number.ToString(CultureInfo.InvariantCulture))
        {
            return new Located<int>(number, scalar.Location, PathOf(key));
        }

        return Refuse<Located<int>>(node, key, "a whole number", "write decimal digits, unquoted");
    }

    /// <summary>A whole number in the range that the key has.</summary>
    public Located<int>? Bounded(string key) => Whole(key) is { } number ? number.As((int)number.Value) : null;

    /// <summary>A whole number in the range that the key has.</summary>
    public Located<long>? Whole(string key)
    {
        (long min, long max, _) = _keys.ShapeOf<WholeShape>(key);
        YamlNode? node = Find(key);
        if (node is not ScalarNode { IsPlain: true } scalar || !IsWhole(scalar.Value))
        {
            return Refuse<Located<long>>(node, key, "a whole number", "write decimal digits, unquoted");
        }

        if (long.TryParse(scalar.Value, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number >= min && number <= max)
        {
            return new Located<long>(number, scalar.Location, PathOf(key));
        }

        _bag.Error(DiagnosticCodes.BadNumber, $"\"{key}\" is outside {min.ToString(CultureInfo.InvariantCulture)} to {max.ToString(CultureInfo.InvariantCulture)}", scalar.Location, PathOf(key));
        return null;
    }

    /// <summary>A number with up to two decimals, in the range that the key has.</summary>
    public Located<decimal>? Decimal(string key)
    {
        (decimal min, decimal max) = _keys.ShapeOf<DecimalShape>(key);
        YamlNode? node = Find(key);
        if (node is not ScalarNode { IsPlain: true } scalar
            || !decimal.TryParse(scalar.Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number)
            || scalar.Value.Length > 8 || decimal.Round(number, 2) != number)
        {
            return Refuse<Located<decimal>>(node, key, "a number", "write decimal digits, such as 2 or 0.5, unquoted");
        }

        if (number >= min && number <= max)
        {
            return new Located<decimal>(number, scalar.Location, PathOf(key));
        }

        _bag.Error(DiagnosticCodes.BadNumber, $"\"{key}\" is outside {min.ToString(CultureInfo.InvariantCulture)} to {max.ToString(CultureInfo.InvariantCulture)}", scalar.Location, PathOf(key));
        return null;
    }

    public Located<TimeSpan>? Duration(string key)
    {
        DurationShape shape = _keys.ShapeOf<DurationShape>(key);
        TimeSpan duration = default;
        return Parse(key, DiagnosticCodes.BadDuration, DurationText.Advice, text => DurationText.TryParse(text, shape, out duration))?.As(duration);
    }

    public Located<long>? Size(string key)
    {
        SizeShape shape = _keys.ShapeOf<SizeShape>(key);
        long size = 0;
        return Parse(key, DiagnosticCodes.BadSize, SizeText.Advice, text => SizeText.TryParse(text, shape, out size))?.As(size);
    }

    public Located<DateTimeOffset>? Timestamp(string key)
    {
        DateTimeOffset moment = default;
        return Parse(key, DiagnosticCodes.BadTimestamp, TimestampText.Advice, text => TimestampText.TryParse(text, out moment) ? null : "is no moment")?.As(moment);
    }

    /// <summary>One of the words that the key may have.</summary>
    public Located<T>? Choice<T>(string key) => Choice(key, _keys.ShapeOf<ChoiceShape<T>>(key));

    /// <summary>One of some words.</summary>
    public Located<T>? Choice<T>(string key, ChoiceShape<T> shape)
    {
        Located<string>? text = Text(key, warns: false);
        if (text is null)
        {
            return null;
        }

        foreach ((string name, T value) in shape.Choices)
        {
            if (name == text.Value)
            {
                return new Located<T>(value, text.Location, text.KeyPath);
            }
        }

        _bag.Error(DiagnosticCodes.UnknownValue, $"\"{key}\" is none of {string.Join(", ", shape.Names)}", text.Location, text.KeyPath, Spelling.Suggest(text.Value, shape.Names));
        return null;
    }

    public MappingReader? Mapping(string key, KeySet keys) =>
        Find(key) is MappingNode mapping ? new MappingReader(mapping, PathOf(key), keys, _context) : Refuse<MappingReader>(Find(key), key, "a mapping of keys", null);

    public Located<ImmutableArray<Located<string>>>? Texts(string key, bool acceptsOne = false)
    {
        YamlNode? node = Find(key);
        if (acceptsOne && node is ScalarNode { IsNull: false })
        {
            return Text(key) is { } one ? new Located<ImmutableArray<Located<string>>>([one], one.Location, one.KeyPath) : null;
        }

        if (node is not SequenceNode sequence)
        {
            return Refuse<Located<ImmutableArray<Located<string>>>>(node, key, "a list", $"write {key}: [\"…\"], or one \"- …\" per line");
        }

        IEnumerable<Located<string>> items = sequence.Items
            .Select((item, index) => ReadText(item, $"{PathOf(key)}[{index}]", $"an item of \"{key}\"", warns: true))
            .OfType<Located<string>>();
        return new Located<ImmutableArray<Located<string>>>([.. items], sequence.Location, PathOf(key));
    }

    public IEnumerable<(YamlNode Item, string KeyPath)> Items(string key)
    {
        YamlNode? node = Find(key);
        if (node is SequenceNode sequence)
        {
            return sequence.Items.Select((item, index) => (item, $"{PathOf(key)}[{index}]"));
        }

        Refuse<object>(node, key, "a list", "write one \"- \" item per line, or [] for none");
        return [];
    }

    private Located<string>? Text(string key, bool warns) => Find(key) is { } node ? ReadText(node, PathOf(key), $"\"{key}\"", warns) : null;

    /// <summary>Reports each required key that is absent.</summary>
    public void RequireKeys()
    {
        foreach (LanguageKey key in _keys.Keys.Where(key => key.IsRequired))
        {
            Require(key.Name);
        }
    }

    /// <summary>Reports a key that is required here, and absent.</summary>
    public void Require(string key, string? hint = null)
    {
        hint ??= _keys.Find(key)?.Advice;
        if (!Has(key))
        {
            _bag.Error(DiagnosticCodes.MissingKey, $"the key \"{key}\" is missing", Location, PathOf(key), hint);
        }
    }

    private Located<string>? Parse(string key, string code, string advice, Func<string, string?> parse)
    {
        Located<string>? text = Text(key, warns: false);
        if (text is null || parse(text.Value) is not { } problem)
        {
            return text;
        }

        _bag.Error(code, $"\"{key}\" {problem}", text.Location, text.KeyPath, advice);
        return null;
    }

    // A leading zero is octal to some readers of YAML, so it is no number here.
    private static bool IsWhole(string text) => text.Length is > 0 and <= 18 && text.All(char.IsAsciiDigit) && (text[0] != '0' || text.Length == 1);

    private Located<string>? ReadText(YamlNode node, string keyPath, string what, bool warns)
    {
        if (node is ScalarNode { IsNull: false, Value.Length: > 0 } scalar)
        {
            if (warns && scalar.IsPlain && AmbiguousScalar.Describe(scalar.Value) is { } other)
            {
                _bag.Warning(DiagnosticCodes.AmbiguousText, $"{what} is text here, and {other} to other readers of YAML", scalar.Location, keyPath, "quote it");
            }

            return new Located<string>(scalar.Value, scalar.Location, keyPath);
        }

        if (node is UnreadableNode)
        {
            return null;
        }

        string? hint = node is MappingNode ? "quote text that holds '{' or ': '" : null;
        _bag.Error(DiagnosticCodes.WrongType, $"{what} wants text, not {Describe(node)}", node.Location, keyPath, hint);
        return null;
    }

    private T? Refuse<T>(YamlNode? node, string key, string wanted, string? hint)
        where T : class
    {
        if (node is not (null or UnreadableNode))
        {
            _bag.Error(DiagnosticCodes.WrongType, $"\"{key}\" wants {wanted}, not {Describe(node)}", node.Location, PathOf(key), hint);
        }

        return null;
    }

    private void ReportForeignKeys()
    {
        foreach (MappingPair pair in _node.Pairs)
        {
            LanguageKey? key = _keys.Find(pair.Key);
            if (key is null or { IsPlanned: true } || !_context.Honoured.HasFlag(key.Feature))
            {
                ReportForeignKey(pair, key);
            }
        }
    }

    private void ReportForeignKey(MappingPair pair, LanguageKey? key)
    {
        if (key is not null)
        {
            _context.Refuse($"\"{pair.Key}\"", pair.KeyLocation, PathOf(pair.Key));
        }
        else if (_keys.Confined.Contains(pair.Key))
        {
            _bag.Error(DiagnosticCodes.ConfinedKey, $"\"{pair.Key}\" cannot stand in {_keys.Place}", pair.KeyLocation, PathOf(pair.Key), $"{_keys.Place} holds {HonouredKeys()}; write it in the first file");
        }
        else
        {
            string hint = Spelling.Suggest(pair.Key, _keys.All) ?? $"the keys here are {HonouredKeys()}";
            _bag.Error(DiagnosticCodes.UnknownKey, $"unknown key \"{Shorten(pair.Key)}\"", pair.KeyLocation, PathOf(Shorten(pair.Key)), hint);
        }
    }

    private string HonouredKeys() => string.Join(", ", _keys.HonouredBy(_context.Honoured));

    private static string Shorten(string key) => key.Length <= 40 ? key : key[..40] + "…";

    private static string Describe(YamlNode node) => node switch
    {
        MappingNode => "a mapping",
        SequenceNode => "a list",
        ScalarNode { IsNull: true } => "nothing",
        ScalarNode { IsPlain: false, Value.Length: 0 } => "empty text",
        ScalarNode { IsPlain: false } => "quoted text",
        _ => "this value",
    };
}
