// SPDX-License-Identifier: Apache-2.0
using Cagent.Policy.Diagnostics;

namespace Cagent.Policy.Expectations;

/// <summary>One request of a test file, and what the policy must say to it. What is null is not compared.</summary>
/// <param name="IsAllowed">Whether it must be allowed.</param>
/// <param name="Method">The method.</param>
/// <param name="Url">The URL.</param>
/// <param name="Location">Where it stands.</param>
public sealed record PolicyExpectation(bool IsAllowed, string Method, string Url, SourceLocation Location)
{
    /// <summary>Who asks.</summary>
    public string? Agent { get; init; }

    /// <summary>The entry that must decide, as <c>host:port</c>.</summary>
    public string? Entry { get; init; }

    /// <summary>The credential that must be used; <c>none</c> for none.</summary>
    public string? Credential { get; init; }

    /// <summary>Why it must be denied, such as <c>read_only</c>.</summary>
    public string? Reason { get; init; }
}
