// SPDX-License-Identifier: Apache-2.0
using Cagent.Cli.Explaining;
using Cagent.Policy.Expectations;

namespace Cagent.Cli.Testing;

/// <summary>One request of a test file with what the policy says.</summary>
/// <param name="Expectation">What should be.</param>
/// <param name="Explanation">What is; null when the text is no request.</param>
/// <param name="Problem">How they differ, or null when they agree.</param>
internal sealed record TestCaseResult(PolicyExpectation Expectation, Explanation? Explanation, string? Problem);
