// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace Cagent.Policy.Expectations;

/// <summary>A <c>*.test.yaml</c> file: requests that a policy must allow and deny.</summary>
/// <param name="Policy">The policy file that it names, relative to it, or null for the one beside it.</param>
/// <param name="Requests">The requests in file order; never empty.</param>
public sealed record PolicyExpectations(string? Policy, ImmutableArray<PolicyExpectation> Requests);
