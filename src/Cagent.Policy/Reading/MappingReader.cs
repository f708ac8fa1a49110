// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Globalization;
using Cagent.Policy.Diagnostics;

namespace Cagent.Policy.Reading;

/// <summary>
/// Reads the values of one mapping by key and type. Keys outside its <see cref="KeySet"/> are reported at once. Messages never
/// repeat a value: a secret may stand where it does not belong.
/// </summary>
internal sealed class MappingReader
{
    private readonly MappingNode _node;
    private readonly ReadingContext _context;
    private readonly DiagnosticBag _bag;

    public MappingReader(MappingNode node, string keyPath, KeySet keys, ReadingContext context)
    {
        _node = node;
        _context = context;
        _bag = context.Bag;
        KeyPath = keyPath;
        ReportForeignKeys(keys);
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

    /// <summary>A whole number in a range, both ends included.</summary>
    public Located<int>? Number(string key, int min, int max) => Whole(key, min, max) is { } number ? number.As((int)number.Value) : null;

    /// <summary>A whole number in a range, both ends included.</summary>
    public Located<long>? Whole(string key, long min, long max)
    {
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

    /// <summary>A number with up to two decimals, in a range.</summary>
    public Located<decimal>? Decimal(string key, decimal min, decimal max)
    {
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
        TimeSpan duration = default;
        return Parse(key, DiagnosticCodes.BadDuration, DurationText.Advice, text => DurationText.TryParse(text, out duration))?.As(duration);
    }

    public Located<long>? Size(string key)
    {
        long size = 0;
        return Parse(key, DiagnosticCodes.BadSize, SizeText.Advice, text => SizeText.TryParse(text, out size))?.As(size);
    }

    public Located<DateTimeOffset>? Timestamp(string key)
    {
        DateTimeOffset moment = default;
        return Parse(key, DiagnosticCodes.BadTimestamp, TimestampText.Advice, text => TimestampText.TryParse(text, out moment) ? null : "is no moment")?.As(moment);
    }

    public Located<T>? Choice<T>(string key, params ReadOnlySpan<(string Name, T Value)> choices)
    {
        Located<string>? text = Text(key, warns: false);
        if (text is null)
        {
            return null;
        }

        List<string> names = [];
        foreach ((string name, T value) in choices)
        {
            if (name == text.Value)
            {
                return new Located<T>(value, text.Location, text.KeyPath);
            }

            names.Add(name);
        }

        _bag.Error(DiagnosticCodes.UnknownValue, $"\"{key}\" is none of {string.Join(", ", names)}", text.Location, text.KeyPath, Spelling.Suggest(text.Value, names));
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

    /// <summary>Reports a required key that is absent.</summary>
    public void Require(string key, string? hint = null)
    {
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

    private void ReportForeignKeys(KeySet keys)
    {
        foreach (MappingPair pair in _node.Pairs)
        {
            if (!keys.Supported.Contains(pair.Key))
            {
                ReportForeignKey(pair, keys);
            }
        }
    }

    private void ReportForeignKey(MappingPair pair, KeySet keys)
    {
        (string Key, PolicyFeatures Feature) gated = keys.Gated.FirstOrDefault(gated => gated.Key == pair.Key);
        if (gated.Key is not null)
        {
            _context.Gate(gated.Feature, $"\"{pair.Key}\"", pair.KeyLocation, PathOf(pair.Key));
        }
        else if (keys.Planned.Contains(pair.Key))
        {
            _bag.Error(DiagnosticCodes.NotSupported, $"\"{pair.Key}\" is not supported by this build", pair.KeyLocation, PathOf(pair.Key), "remove it; a block that is not honoured is refused, never ignored");
        }
        else if (keys.Confined.Contains(pair.Key))
        {
            _bag.Error(DiagnosticCodes.ConfinedKey, $"\"{pair.Key}\" cannot stand in {keys.Place}", pair.KeyLocation, PathOf(pair.Key), $"{keys.Place} holds {string.Join(", ", HonouredKeys(keys))}; write it in the first file");
        }
        else
        {
            string hint = Spelling.Suggest(pair.Key, keys.All) ?? $"the keys here are {string.Join(", ", HonouredKeys(keys))}";
            _bag.Error(DiagnosticCodes.UnknownKey, $"unknown key \"{Shorten(pair.Key)}\"", pair.KeyLocation, PathOf(Shorten(pair.Key)), hint);
        }
    }

    private IEnumerable<string> HonouredKeys(KeySet keys) =>
        keys.Supported.Concat(keys.Gated.Where(gated => _context.Honoured.HasFlag(gated.Feature)).Select(gated => gated.Key));

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
