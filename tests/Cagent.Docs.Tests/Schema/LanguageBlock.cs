// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Cagent.Policy;
using Cagent.Policy.Language;

namespace Cagent.Docs.Tests.Schema;

/// <summary>One kind of mapping at one place of a file.</summary>
/// <param name="Keys">Its keys.</param>
/// <param name="KeyPath">Where it stands, as diagnostics write it; empty for the whole file.</param>
/// <param name="Wrap">Makes the whole file from it.</param>
/// <param name="IsProfile">Whether the file is a profile.</param>
internal sealed record LanguageBlock(KeySet Keys, string KeyPath, Func<JsonNode, JsonNode> Wrap, bool IsProfile)
{
    public string PathOf(string key) => KeyPath.Length == 0 ? key : $"{KeyPath}.{key}";

    /// <summary>A file that holds the mapping and else only its version.</summary>
    public JsonObject Place(JsonObject mapping)
    {
        JsonObject file = Wrap(mapping).AsObject();
        if (!file.ContainsKey("version"))
        {
            file["version"] = 1;
        }

        return file;
    }

    /// <summary>What the reader says of such a file; JSON is YAML.</summary>
    public PolicyLoadResult Load(JsonObject mapping)
    {
        string text = Place(mapping).ToJsonString();
        string first = IsProfile ? "version: 1\nprofiles: [profile.yaml]\n" : text;
        return PolicyLoader.Load(first, "cagent.yaml", new PolicyLoadOptions
        {
            Honoured = PolicyFeatures.All,
            ReadFile = path => path == "profile.yaml" ? new PolicyFileText(text, null) : PolicyFileText.Unreadable("does not exist"),
        });
    }
}
