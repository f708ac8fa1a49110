// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Policy.Reading;

namespace Cagent.Policy.Expectations;

/// <summary>A <c>*.test.yaml</c> file: requests that a policy must allow and deny.</summary>
/// <param name="Policy">The policy file that it names, relative to it, or null for the one beside it.</param>
/// <param name="Requests">The requests in file order; never empty.</param>
public sealed record PolicyExpectations(string? Policy, ImmutableArray<PolicyExpectation> Requests)
{
    /// <summary>The overlays of the policy, relative to the test file.</summary>
    public ImmutableArray<string> Overlays { get; init; } = [];

    /// <summary>Whether it is a profile that is tested, with the arguments of the test file, and no policy.</summary>
    public bool IsOfProfile => Profile is not null;

    /// <summary>The profile and its arguments.</summary>
    internal ProfileUseConfig? Profile { get; init; }
}
