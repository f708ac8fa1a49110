// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Policy.Diagnostics;
using Cagent.Policy.Reading;

namespace Cagent.Policy.Expectations;

/// <summary>Reads test files, as strictly as policies. Pure and thread safe; no text makes it throw.</summary>
public static class ExpectationsLoader
{
    private const int MaxLength = 1024 * 1024;

    /// <summary>Reads one text. What a request's URL means is not judged here.</summary>
    public static ExpectationsLoadResult Load(string text, string file)
    {
        DiagnosticBag bag = new();
        MappingNode? root = YamlText.IsReadable(text, file, MaxLength, bag) ? YamlTreeReader.Read(text, file, bag) : null;
        PolicyExpectations? expectations = root is null ? null : new Reader(bag).Read(root);
        return new ExpectationsLoadResult(bag.HasErrors ? null : expectations, bag.ToImmutable([file]));
    }

    private sealed class Reader(DiagnosticBag bag)
    {
        private static readonly ImmutableArray<string> RootKeys = ["policy", "overlays", "profile", "allow", "deny"];
        private static readonly ImmutableArray<string> AllowKeys = ["request", "agent", "entry", "credential"];
        private static readonly ImmutableArray<string> DenyKeys = ["request", "agent", "entry", "reason"];

        public PolicyExpectations Read(MappingNode root)
        {
            string? policy = null;
            ProfileUseConfig? profile = null;
            ImmutableArray<string> overlays = [];
            ImmutableArray<PolicyExpectation>.Builder requests = ImmutableArray.CreateBuilder<PolicyExpectation>();
            foreach (MappingPair pair in root.Pairs)
            {
                switch (pair.Key)
                {
                    case "policy":
                        policy = Text(pair.Value, pair.Key);
                        break;
                    case "overlays":
                        overlays = [.. Items(pair.Value, pair.Key, "write overlays: [prod.yaml]").Select((item, index) => Text(item, $"overlays[{index}]")).OfType<string>()];
                        break;
                    case "profile":
                        profile = new ProfileUseReader(new ReadingContext(bag, PolicyFeatures.All)).ReadOne(pair.Value, pair.Key);
                        RefuseBeside(root, pair);
                        break;
                    case "allow" or "deny":
                        requests.AddRange(List(pair.Value, pair.Key));
                        break;
                    default:
                        Unknown(pair, "", RootKeys);
                        break;
                }
            }

            if (requests.Count == 0)
            {
                bag.Error(DiagnosticCodes.MissingKey, "the file holds no request", root.Location, null, "write \"allow: [GET https://…]\", or deny");
            }

            return new PolicyExpectations(policy, [.. requests.OrderBy(request => request.Location.Line).ThenBy(request => request.Location.Column)]) { Profile = profile, Overlays = overlays };
        }

        private void RefuseBeside(MappingNode root, MappingPair profile)
        {
            if (root.Pairs.FirstOrDefault(pair => pair.Key is "policy" or "overlays") is { } other)
            {
                bag.Error(DiagnosticCodes.UnknownValue, $"\"profile\" cannot stand beside \"{other.Key}\"", profile.KeyLocation, profile.Key, "a file tests a policy or a profile");
            }
        }

        private IEnumerable<PolicyExpectation> List(YamlNode node, string key) =>
            Items(node, key, "write one \"- METHOD URL\" per line").Select((item, index) => Request(item, key == "allow", $"{key}[{index}]")).OfType<PolicyExpectation>();

        private ImmutableArray<YamlNode> Items(YamlNode node, string key, string hint)
        {
            if (node is SequenceNode sequence)
            {
                return sequence.Items;
            }

            bag.Error(DiagnosticCodes.WrongType, $"\"{key}\" wants a list", node.Location, key, hint);
            return [];
        }

        private PolicyExpectation? Request(YamlNode item, bool isAllowed, string keyPath)
        {
            if (item is not MappingNode mapping)
            {
                return Split(item, isAllowed, keyPath);
            }

            ImmutableArray<string> keys = isAllowed ? AllowKeys : DenyKeys;
            foreach (MappingPair pair in mapping.Pairs.Where(pair => !keys.Contains(pair.Key)))
            {
                Unknown(pair, keyPath, keys);
            }

            Dictionary<string, string?> texts = mapping.Pairs.ToDictionary(pair => pair.Key, pair => Text(pair.Value, $"{keyPath}.{pair.Key}"), StringComparer.Ordinal);
            if (mapping.Pairs.FirstOrDefault(pair => pair.Key == "request") is not { } request)
            {
                bag.Error(DiagnosticCodes.MissingKey, "the key \"request\" is missing", mapping.Location, $"{keyPath}.request", "write request: \"METHOD URL\"");
                return null;
            }

            return Split(request.Value, isAllowed, $"{keyPath}.request") is { } expectation
                ? expectation with
                {
                    Agent = texts.GetValueOrDefault("agent"),
                    Entry = texts.GetValueOrDefault("entry"),
                    Credential = texts.GetValueOrDefault("credential"),
                    Reason = texts.GetValueOrDefault("reason"),
                }
                : null;
        }

        private PolicyExpectation? Split(YamlNode node, bool isAllowed, string keyPath)
        {
            if (Text(node, keyPath) is not { } text)
            {
                return null;
            }

            string[] parts = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (parts.Length == 2)
            {
                return new PolicyExpectation(isAllowed, parts[0], parts[1], node.Location);
            }

            bag.Error(DiagnosticCodes.BadRule, "a request is METHOD URL", node.Location, keyPath, "such as GET https://api.example.com/v1/models");
            return null;
        }

        private string? Text(YamlNode node, string keyPath)
        {
            if (node is ScalarNode { IsNull: false, Value.Length: > 0 } scalar)
            {
                return scalar.Value;
            }

            if (node is not UnreadableNode)
            {
                bag.Error(DiagnosticCodes.WrongType, $"\"{keyPath}\" wants text", node.Location, keyPath);
            }

            return null;
        }

        private void Unknown(MappingPair pair, string keyPath, ImmutableArray<string> keys) => bag.Error(
            DiagnosticCodes.UnknownKey, "unknown key", pair.KeyLocation, keyPath, Spelling.Suggest(pair.Key, keys) ?? $"the keys here are {string.Join(", ", keys)}");
    }
}
