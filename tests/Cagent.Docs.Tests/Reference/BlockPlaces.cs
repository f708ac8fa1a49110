// SPDX-License-Identifier: Apache-2.0
using Cagent.Policy.Language;

namespace Cagent.Docs.Tests.Reference;

/// <summary>Where each kind of mapping stands.</summary>
internal static class BlockPlaces
{
    private static readonly Dictionary<string, List<string>> s_places = Walk();

    /// <summary>The places in words; empty for whole files and for sources, whose places their chapter names.</summary>
    public static string Of(KeySet keys)
    {
        bool isSource = CredentialKeys.All.Any(source => source.Keys == keys);
        return isSource || !s_places.TryGetValue(keys.Name, out List<string>? places) ? "" : string.Join(", ", places.Select(place => $"`{place}`"));
    }

    private static Dictionary<string, List<string>> Walk()
    {
        Dictionary<string, List<string>> places = new(StringComparer.Ordinal);
        Walk(FileKeys.Root, "", places);
        Walk(FileKeys.Profile, "", places);
        return places;
    }

    private static void Walk(KeySet keys, string path, Dictionary<string, List<string>> places)
    {
        if (path.Length > 0)
        {
            if (!places.TryGetValue(keys.Name, out List<string>? known))
            {
                places.Add(keys.Name, known = []);
            }
            else if (known.Contains(path))
            {
                return;
            }

            known.Add(path);
        }

        foreach (LanguageKey key in keys.Keys)
        {
            Walk(key.Shape, path.Length == 0 ? key.Name : $"{path}.{key.Name}", places);
        }
    }

    private static void Walk(ValueShape shape, string path, Dictionary<string, List<string>> places)
    {
        switch (shape)
        {
            case BlockShape block:
                Walk(block.Keys, path, places);
                break;
            case OpenBlockShape block:
                Walk(block.Keys, path, places);
                break;
            case ListShape list:
                Walk(list.Item, path + "[]", places);
                break;
            case NamedShape named:
                Walk(named.Value, path + ".NAME", places);
                break;
            case EitherShape either:
                foreach (ValueShape alternative in either.Alternatives)
                {
                    Walk(alternative, path, places);
                }

                break;
            case SourceShape source when path.EndsWith(".NAME", StringComparison.Ordinal):
                foreach (SourceKeys keys in source.Sources)
                {
                    Walk(keys.Keys, path, places);
                }

                break;
            default:
                break;
        }
    }
}
