// SPDX-License-Identifier: Apache-2.0
using Cagent.Policy.Diagnostics;

namespace Cagent.Policy.Validation;

/// <summary>Names one place as seen from another.</summary>
internal static class Places
{
    /// <summary><c>line 7</c>, or with the file's name when that is another.</summary>
    public static string Of(SourceLocation place, SourceLocation from) =>
        place.File == from.File ? FormattableString.Invariant($"line {place.Line}") : FormattableString.Invariant($"{place.File}:{place.Line}");
}
