// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Cagent.Policy.Language;

namespace Cagent.Docs.Tests.Schema;

/// <summary>Every kind of mapping of the model, found by walking it, with one place where it stands.</summary>
internal static class LanguageBlocks
{
    private static readonly Dictionary<string, LanguageBlock> s_all = Walk();

    public static IReadOnlyDictionary<string, LanguageBlock> All => s_all;

    public static TheoryData<string> Names => [.. s_all.Keys];

    private static Dictionary<string, LanguageBlock> Walk()
    {
        Dictionary<string, LanguageBlock> found = new(StringComparer.Ordinal);
        Walk(new LanguageBlock(FileKeys.Root, "", value => value, IsProfile: false), found);
        Walk(new LanguageBlock(FileKeys.Profile, "", value => value, IsProfile: true), found);
        return found;
    }

    private static void Walk(LanguageBlock block, Dictionary<string, LanguageBlock> found)
    {
        if (!found.TryAdd(block.Keys.Name, block))
        {
            return;
        }

        foreach (LanguageKey key in block.Keys.Keys)
        {
            Walk(key.Shape, block with { KeyPath = block.PathOf(key.Name), Wrap = value => block.Wrap(new JsonObject { [key.Name] = value }) }, found);
        }
    }

    private static void Walk(ValueShape shape, LanguageBlock at, Dictionary<string, LanguageBlock> found)
    {
        switch (shape)
        {
            case BlockShape block:
                Walk(at with { Keys = block.Keys }, found);
                break;
            case OpenBlockShape block:
                Walk(at with { Keys = block.Keys }, found);
                break;
            case ListShape list:
                Walk(list.Item, at with { KeyPath = at.KeyPath + "[0]", Wrap = value => at.Wrap(new JsonArray(value)) }, found);
                break;
            case NamedShape named:
                Walk(named.Value, at with { KeyPath = at.KeyPath + ".name", Wrap = value => at.Wrap(new JsonObject { ["name"] = value }) }, found);
                break;
            case EitherShape either:
                foreach (ValueShape alternative in either.Alternatives)
                {
                    Walk(alternative, at, found);
                }

                break;
            case SourceShape source:
                foreach (SourceKeys keys in source.Sources)
                {
                    Walk(at with { Keys = keys.Keys, Wrap = value => at.Wrap(WithKind(value, keys.Name)) }, found);
                }

                break;
            default:
                break;
        }
    }

    // Which keys a source has depends on its kind.
    private static JsonNode WithKind(JsonNode value, string kind)
    {
        if (value is JsonObject source && !source.ContainsKey("from"))
        {
            source["from"] = kind;
        }

        return value;
    }
}
