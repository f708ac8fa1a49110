// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Cagent.Policy.Diagnostics;
using Cagent.Policy.Reading;

namespace Cagent.Policy.Migration;

/// <summary>One value of an old file, read as the earlier system read it: by YAML 1.1.</summary>
/// <param name="Path">Its key path.</param>
/// <param name="Location">Where its key stands.</param>
/// <param name="Node">The value.</param>
internal sealed record OldValue(string Path, SourceLocation Location, YamlNode Node)
{
    public bool IsNothing => Node is ScalarNode { IsNull: true };

    public string? Text => Node is ScalarNode { IsNull: false, Value.Length: > 0 } scalar ? scalar.Value : null;

    public bool? Flag => Node is ScalarNode { IsPlain: true } scalar
        ? scalar.Value.ToLowerInvariant() switch
        {
            "true" or "yes" or "on" => true,
            "false" or "no" or "off" => false,
            _ => null,
        }
        : null;

    public long? Whole => Node is ScalarNode { IsPlain: true, Value: { Length: <= 12 } text } && (text[..Math.Min(1, text.Length)] != "0" || text == "0")
        && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;

    public decimal? Number => Node is ScalarNode { IsPlain: true, Value.Length: <= 12 } scalar
        && decimal.TryParse(scalar.Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number) ? number : null;

    public IEnumerable<OldValue>? Items => Node is SequenceNode sequence
        ? sequence.Items.Select((item, index) => new OldValue($"{Path}[{index.ToString(CultureInfo.InvariantCulture)}]", item.Location, item))
        : null;
}
