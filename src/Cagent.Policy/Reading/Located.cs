// SPDX-License-Identifier: Apache-2.0
using Cagent.Policy.Diagnostics;

namespace Cagent.Policy.Reading;

/// <summary>A value as the user wrote it, of the right type but not yet judged.</summary>
/// <param name="Value">The value.</param>
/// <param name="Location">Where it stands.</param>
/// <param name="KeyPath">The path of its key.</param>
internal sealed record Located<T>(T Value, SourceLocation Location, string KeyPath)
{
    /// <summary>Another value of the same place.</summary>
    public Located<TOther> As<TOther>(TOther value) => new(value, Location, KeyPath);
}
