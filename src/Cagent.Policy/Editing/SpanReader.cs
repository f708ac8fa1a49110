// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Cagent.Policy.Editing;

/// <summary>
/// Reads a text that the policy reader has accepted into nodes with exact extents. The parser's own end of a block is where the
/// next one begins, behind comments and blank lines; ours is the end of its last value.
/// </summary>
internal sealed class SpanReader
{
    private readonly string _text;
    private readonly Parser _parser;

    private SpanReader(string text)
    {
        _text = text;
        _parser = new Parser(new StringReader(text));
    }

    /// <summary>The root of the only document; null when there is none, or several, or the text is not YAML.</summary>
    public static SpanNode? Read(string text)
    {
        SpanReader reader = new(text);
        try
        {
            return reader.ReadDocument();
        }
        catch (Exception exception) when (exception is YamlException or ArgumentException or InvalidOperationException or FormatException or IndexOutOfRangeException)
        {
            // The parser throws others than its own on some malformed texts.
            return null;
        }
    }

    private SpanNode? ReadDocument()
    {
        _parser.Consume<StreamStart>();
        if (_parser.Current is not DocumentStart)
        {
            return null;
        }

        _parser.MoveNext();
        SpanNode root = ReadNode();
        _parser.Consume<DocumentEnd>();
        return _parser.Current is StreamEnd ? root : null;
    }

    private SpanNode ReadNode()
    {
        switch (_parser.Current)
        {
            case MappingStart mapping:
                _parser.MoveNext();
                return ReadMap(mapping);
            case SequenceStart sequence:
                _parser.MoveNext();
                return ReadList(sequence);
            case Scalar scalar:
                _parser.MoveNext();
                return new SpanNode.Scalar(At(scalar.Start), EndOf(scalar), scalar.Value, scalar.Style == ScalarStyle.Plain);
            default:
                throw new YamlException("Only mappings, lists and values can be edited.");
        }
    }

    private SpanNode.Map ReadMap(MappingStart start)
    {
        bool isFlow = start.Style == MappingStyle.Flow;
        int end = At(start.End);
        ImmutableArray<SpanPair>.Builder pairs = ImmutableArray.CreateBuilder<SpanPair>();
        while (_parser.Current is not MappingEnd)
        {
            SpanNode.Scalar key = ReadNode() as SpanNode.Scalar ?? throw new YamlException("A key is one value.");
            SpanNode value = ReadNode();
            pairs.Add(new SpanPair(key, value));
            end = Math.Max(key.End, value.End);
        }

        MappingEnd last = _parser.Consume<MappingEnd>();
        return new SpanNode.Map(At(start.Start), isFlow ? At(last.Start) + 1 : end, isFlow, pairs.ToImmutable());
    }

    private SpanNode.List ReadList(SequenceStart start)
    {
        bool isFlow = start.Style == SequenceStyle.Flow;
        int end = At(start.End);
        ImmutableArray<SpanNode>.Builder items = ImmutableArray.CreateBuilder<SpanNode>();
        while (_parser.Current is not SequenceEnd)
        {
            SpanNode item = ReadNode();
            items.Add(item);
            end = item.End;
        }

        SequenceEnd last = _parser.Consume<SequenceEnd>();
        return new SpanNode.List(At(start.Start), isFlow ? At(last.Start) + 1 : end, isFlow, items.ToImmutable());
    }

    // A block scalar's last line breaks are no part of it: the next key begins behind them.
    private int EndOf(Scalar scalar)
    {
        int end = At(scalar.End);
        while (scalar.Style is ScalarStyle.Literal or ScalarStyle.Folded && end > At(scalar.Start) && char.IsWhiteSpace(_text[end - 1]))
        {
            end--;
        }

        return end;
    }

    private static int At(Mark mark) => (int)mark.Index;
}
