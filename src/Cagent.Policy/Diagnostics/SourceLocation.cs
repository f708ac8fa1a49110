// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Policy.Diagnostics;

/// <summary>A place in a policy file.</summary>
/// <param name="File">The file as the caller named it.</param>
/// <param name="Line">1-based.</param>
/// <param name="Column">1-based, in characters.</param>
public sealed record SourceLocation(string File, int Line, int Column)
{
    /// <summary><c>file:line:column</c>.</summary>
    public override string ToString() => FormattableString.Invariant($"{File}:{Line}:{Column}");
}
