// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Policy.Editing;

/// <summary>
/// Lays out a policy text evenly: two spaces a level, one after a dash, no blanks at the end of a line, no two empty lines in a row,
/// a space behind <c>#</c>. Comments, order, quotes and the choice between lines and brackets stay the author's. Pure; formatting twice changes nothing more.
/// </summary>
public static class PolicyFormatter
{
    /// <summary>Formats a text.</summary>
    /// <param name="text">The policy.</param>
    /// <returns>The new text, or why it was refused: it is no YAML, or holds something whose layout has a meaning that would change.</returns>
    public static PolicyEdit Format(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (SpanReader.Read(text) is not { } root)
        {
            return PolicyEdit.Refused("the text is no valid YAML");
        }

        string formatted = new LineLayout(text, root).Render();
        return SpanReader.Read(formatted) is { } again && Meaning.Of(again) == Meaning.Of(root)
            ? new PolicyEdit(formatted, null)
            : PolicyEdit.Refused("the layout of this text has a meaning that formatting would change");
    }
}
