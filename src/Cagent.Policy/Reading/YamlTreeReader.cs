// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Policy.Diagnostics;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Cagent.Policy.Reading;

/// <summary>
/// Reads the part of YAML that a policy needs: mappings, lists and scalars. Anchors, aliases, merge keys and tags are refused: a
/// reader must see what an entry says where it stands, and no text may grow when it is read.
/// </summary>
internal sealed class YamlTreeReader
{
    private const int MaxDepth = 12;
    private const int MaxNodes = 200_000;

    private readonly Parser _parser;
    private readonly string _file;
    private readonly DiagnosticBag _bag;
    private int _nodes;

    private YamlTreeReader(string text, string file, DiagnosticBag bag)
    {
        _parser = new Parser(new StringReader(text));
        _file = file;
        _bag = bag;
    }

    /// <summary>The root mapping, or null after reporting why there is none.</summary>
    public static MappingNode? Read(string text, string file, DiagnosticBag bag)
    {
        YamlTreeReader reader = new(text, file, bag);
        try
        {
            return reader.ReadDocument();
        }
        catch (YamlException exception)
        {
            Report(exception, text, file, bag);
            return null;
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or FormatException or IndexOutOfRangeException)
        {
            // The parser's own defects on malformed text; the text is refused like any other that it cannot read.
            Mark at = reader._parser.Current?.End ?? Mark.Empty;
            bag.Error(DiagnosticCodes.Syntax, "no valid YAML after this place", new SourceLocation(file, Math.Max(1, (int)at.Line), Math.Max(1, (int)at.Column)), null,
                "close the bracket, brace or quote that is open here");
            return null;
        }
    }

    private MappingNode? ReadDocument()
    {
        _parser.Consume<StreamStart>();
        if (!TryTake<DocumentStart>())
        {
            SourceLocation start = new(_file, 1, 1);
            _bag.Error(DiagnosticCodes.Empty, "the file holds nothing but comments", start, null, "a policy that allows nothing is \"version: 1\"");
            return null;
        }

        YamlNode? root = ReadNode(depth: 0, keyLocation: null);
        if (root is null)
        {
            return null;
        }

        _parser.Consume<DocumentEnd>();
        if (_parser.Current is DocumentStart second)
        {
            _bag.Error(DiagnosticCodes.SeveralDocuments, "a second document begins here", At(second), null, "a policy is one document; remove the \"---\" or use two files");
            return null;
        }

        if (root is MappingNode mapping)
        {
            return mapping;
        }

        bool isNull = root is ScalarNode { IsNull: true };
        _bag.Error(
            isNull ? DiagnosticCodes.Empty : DiagnosticCodes.RootNotMapping,
            isNull ? "the file holds no value" : "a policy is a mapping of keys",
            root.Location, null, "it begins with \"version: 1\"");
        return null;
    }

    // Null means that reading stops: a limit is passed.
    private YamlNode? ReadNode(int depth, SourceLocation? keyLocation)
    {
        ParsingEvent next = _parser.Current ?? throw new InvalidOperationException("The event stream ended early.");
        if (depth > MaxDepth || ++_nodes > MaxNodes)
        {
            string limit = depth > MaxDepth ? $"values are nested more than {MaxDepth} deep" : $"the file has more than {MaxNodes} values";
            _bag.Error(DiagnosticCodes.TooLarge, limit, At(next), null);
            return null;
        }

        RefuseFeatures(next);
        switch (next)
        {
            case MappingStart:
                return ReadMapping(depth);
            case SequenceStart:
                return ReadSequence(depth);
            case Scalar scalar:
                _parser.MoveNext();
                bool isPlain = scalar.Style == ScalarStyle.Plain;
                return new ScalarNode(isPlain && scalar.Value.Length == 0 ? keyLocation ?? At(scalar) : At(scalar), scalar.Value, isPlain);
            default:
                _parser.MoveNext();
                return new UnreadableNode(At(next));
        }
    }

    private SequenceNode? ReadSequence(int depth)
    {
        SourceLocation location = At(_parser.Consume<SequenceStart>());
        ImmutableArray<YamlNode>.Builder items = ImmutableArray.CreateBuilder<YamlNode>();
        ImmutableArray<int>.Builder? starts = depth == 1 ? ImmutableArray.CreateBuilder<int>() : null; // of what stands directly under a key of the root
        while (true)
        {
            starts?.Add((int)(_parser.Current?.Start.Index ?? 0));
            if (TryTake<SequenceEnd>())
            {
                break;
            }

            YamlNode? item = ReadNode(depth + 1, keyLocation: null);
            if (item is null)
            {
                return null;
            }

            items.Add(item);
        }

        return new SequenceNode(location, items.ToImmutable()) { Starts = starts?.ToImmutable() ?? [] };
    }

    private MappingNode? ReadMapping(int depth)
    {
        SourceLocation location = At(_parser.Consume<MappingStart>());
        ImmutableArray<MappingPair>.Builder pairs = ImmutableArray.CreateBuilder<MappingPair>();
        Dictionary<string, SourceLocation>? seen = null;
        while (!TryTake<MappingEnd>())
        {
            YamlNode? key = ReadNode(depth + 1, keyLocation: null);
            YamlNode? value = key is null ? null : ReadNode(depth + 1, key.Location);
            if (key is null || value is null)
            {
                return null;
            }

            if (key is not ScalarNode { IsNull: false } name)
            {
                _bag.Error(DiagnosticCodes.WrongType, "a key is plain text", key.Location, null);
            }
            else if (name is { Value: "<<", IsPlain: true })
            {
                _bag.Error(DiagnosticCodes.YamlFeature, "merge keys are not part of the policy language", name.Location, null, "write the keys out");
            }
            else if (FindEarlier(name.Value, pairs, ref seen) is { } earlier)
            {
                _bag.Error(DiagnosticCodes.DuplicateKey, $"the key \"{name.Value}\" stands twice; first in line {earlier.Line}", name.Location, null, "keep one of them");
            }
            else
            {
                pairs.Add(new MappingPair(name.Value, name.Location, value));
            }
        }

        return new MappingNode(location, pairs.ToImmutable());
    }

    /// <summary>Where a key stands already, or null. Few mappings have so many keys that a table pays.</summary>
    private static SourceLocation? FindEarlier(string key, ImmutableArray<MappingPair>.Builder pairs, ref Dictionary<string, SourceLocation>? seen)
    {
        const int Few = 24;
        if (pairs.Count >= Few)
        {
            seen ??= new Dictionary<string, SourceLocation>(StringComparer.Ordinal);
            for (int i = seen.Count; i < pairs.Count; i++)
            {
                seen.Add(pairs[i].Key, pairs[i].KeyLocation);
            }

            return seen.GetValueOrDefault(key);
        }

        for (int i = 0; i < pairs.Count; i++)
        {
            if (pairs[i].Key == key)
            {
                return pairs[i].KeyLocation;
            }
        }

        return null;
    }

    private void RefuseFeatures(ParsingEvent next)
    {
        if (next is AnchorAlias alias)
        {
            // Only what looks like a host is repeated: anything else could be a secret.
            string name = alias.Value.Value;
            string hint = name.StartsWith('.') || name.StartsWith("*.", StringComparison.Ordinal) ? $"quote the value: \"*{name}\"" : "quote a value that begins with '*'";
            _bag.Error(
                DiagnosticCodes.YamlFeature, "an unquoted '*' begins a YAML alias, which is not part of the policy language", At(next), null, hint);
        }
        else if (next is NodeEvent { Anchor.IsEmpty: false })
        {
            _bag.Error(DiagnosticCodes.YamlFeature, "anchors ('&') are not part of the policy language", At(next), null, "write the value out where it is used");
        }
        else if (next is NodeEvent { Tag: { IsEmpty: false, IsNonSpecific: false } })
        {
            _bag.Error(DiagnosticCodes.YamlFeature, "tags ('!') are not part of the policy language", At(next), null, "remove the tag");
        }
    }

    private static void Report(YamlException exception, string text, string file, DiagnosticBag bag)
    {
        SourceLocation location = new(file, Math.Max(1, (int)exception.Start.Line), Math.Max(1, (int)exception.Start.Column));
        // The parser's place of a tab error is where the enclosing value begins, often the first line.
        if (YamlText.FindTab(text, file) is { } tab)
        {
            bag.Error(DiagnosticCodes.Tab, "a tab in the indentation", tab, null, "indent with spaces");
            return;
        }

        string message = exception.Message.TrimEnd('.');
        message = message.Length == 0 ? "unreadable" : char.ToLowerInvariant(message[0]) + message[1..];
        string? hint = IsUnquotedStar(text, location.Line) ? "quote a value that begins with '*'" : null;
        bag.Error(DiagnosticCodes.Syntax, $"no valid YAML: {message}", location, null, hint);
    }

    private static bool IsUnquotedStar(string text, int line)
    {
        string content = text.Split('\n').ElementAtOrDefault(line - 1)?.Trim() ?? "";
        return content.StartsWith("- *", StringComparison.Ordinal) || content.Contains(": *", StringComparison.Ordinal) || content.Contains("[*", StringComparison.Ordinal);
    }

    private bool TryTake<T>()
        where T : ParsingEvent
    {
        bool isNext = _parser.Current is T;
        if (isNext)
        {
            _parser.MoveNext();
        }

        return isNext;
    }

    private SourceLocation At(ParsingEvent parsingEvent) =>
        new(_file, Math.Max(1, (int)parsingEvent.Start.Line), Math.Max(1, (int)parsingEvent.Start.Column));
}
