// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Policy.Diagnostics;

namespace Cagent.Policy.Reading;

/// <summary>Reads a mapping of free keys to texts.</summary>
internal sealed class TextPairs(DiagnosticBag bag)
{
    public ImmutableArray<NamedText> Read(MappingNode mapping, string keyPath, string what)
    {
        List<NamedText> pairs = [];
        foreach (MappingPair pair in mapping.Pairs)
        {
            string path = $"{keyPath}.{pair.Key}";
            if (pair.Value is ScalarNode { IsNull: false, Value.Length: > 0 } scalar)
            {
                pairs.Add(new NamedText(pair.Key, pair.KeyLocation, new Located<string>(scalar.Value, scalar.Location, path)));
            }
            else if (pair.Value is not UnreadableNode)
            {
                bag.Error(DiagnosticCodes.WrongType, $"{what} wants text", pair.Value.Location, path, null);
            }
        }

        return [.. pairs];
    }
}
