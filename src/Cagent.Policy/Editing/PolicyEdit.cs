// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Policy.Editing;

/// <summary>The outcome of one edit of a policy text.</summary>
/// <param name="Text">The new text; null when the edit was refused and nothing is changed.</param>
/// <param name="Problem">Why it was refused, in words for the author; null exactly when <paramref name="Text"/> is not.</param>
public sealed record PolicyEdit(string? Text, string? Problem)
{
    internal static PolicyEdit Refused(string problem) => new(null, problem);
}
