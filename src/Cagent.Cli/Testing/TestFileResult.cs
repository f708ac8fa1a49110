// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Cli.Policies;
using Cagent.Policy.Diagnostics;

namespace Cagent.Cli.Testing;

/// <summary>What one test file gave.</summary>
/// <param name="File">The test file.</param>
/// <param name="Text">Its text.</param>
/// <param name="Cases">Its requests; empty when it or the policy does not load.</param>
internal sealed record TestFileResult(string File, string Text, ImmutableArray<TestCaseResult> Cases)
{
    /// <summary>What is wrong with the test file itself.</summary>
    public ImmutableArray<Diagnostic> Diagnostics { get; init; } = [];

    /// <summary>Why the test file cannot be read, or null.</summary>
    public string? Problem { get; init; }

    /// <summary>The policy, when it does not load.</summary>
    public PolicyFile? BrokenPolicy { get; init; }

    public bool IsBroken => Problem is not null || BrokenPolicy is not null || Diagnostics.Any(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);

    public IEnumerable<TestCaseResult> Failures => Cases.Where(one => one.Problem is not null);
}
