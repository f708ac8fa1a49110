// SPDX-License-Identifier: Apache-2.0
using Cagent.Policy.Reading;

namespace Cagent.Policy.Migration;

/// <summary>The keys of one mapping of an old file; each is taken by what knows it, and the rest is reported.</summary>
internal sealed class OldMapping(MappingNode node, string path, MigrationNotes notes)
{
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);

    /// <summary>The mapping of a value; null after reporting that it is none.</summary>
    public static OldMapping? Of(OldValue? value, MigrationNotes notes)
    {
        if (value is { Node: MappingNode mapping })
        {
            return new OldMapping(mapping, value.Path, notes);
        }

        if (value is { IsNothing: true })
        {
            notes.Mapped(value, "holds nothing");
        }
        else if (value is not null)
        {
            notes.Dropped(value, "wants a mapping of keys; nothing of it is taken over");
        }

        return null;
    }

    public OldValue? Take(string key)
    {
        _taken.Add(key);
        return node.Pairs.FirstOrDefault(pair => pair.Key == key) is { } pair ? new OldValue(PathOf(key), pair.KeyLocation, pair.Value) : null;
    }

    /// <summary>Reports every key that nobody took, and those below it.</summary>
    public void ReportRest(string reason)
    {
        foreach (MappingPair pair in node.Pairs.Where(pair => !_taken.Contains(pair.Key)))
        {
            ReportAll(new OldValue(PathOf(pair.Key), pair.KeyLocation, pair.Value), reason, notes);
        }
    }

    /// <summary>Reports a value and everything below it as dropped.</summary>
    public static void ReportAll(OldValue value, string reason, MigrationNotes notes)
    {
        notes.Dropped(value, reason);
        switch (value.Node)
        {
            case MappingNode mapping:
                new OldMapping(mapping, value.Path, notes).ReportRest("goes with it");
                break;
            case SequenceNode:
                foreach (OldValue item in value.Items!.Where(item => item.Node is MappingNode))
                {
                    new OldMapping((MappingNode)item.Node, item.Path, notes).ReportRest("goes with it");
                }

                break;
            default:
                break;
        }
    }

    // A key of another form is a slip, and a slip can put anything there.
    private string PathOf(string key)
    {
        string name = key.Length is > 0 and <= 40 && key.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '_' or '-') ? key : "(a key)";
        return path.Length == 0 ? name : $"{path}.{name}";
    }
}
