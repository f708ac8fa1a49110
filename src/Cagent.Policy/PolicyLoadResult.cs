// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Policy.Diagnostics;
using Cagent.Policy.Model;
using Cagent.Policy.Reading;

namespace Cagent.Policy;

/// <summary>The outcome of loading one policy.</summary>
/// <param name="Policy">The policy; null exactly when a diagnostic is an error.</param>
/// <param name="Diagnostics">All that was found, in the order of files and lines.</param>
/// <param name="Files">The paths that <see cref="PolicyLoadOptions.ReadFile"/> was asked for, found or not: a change of one is a change of the policy.</param>
public sealed record PolicyLoadResult(ValidatedPolicy? Policy, ImmutableArray<Diagnostic> Diagnostics, ImmutableArray<string> Files)
{
    /// <summary>What the next load can take over, or null.</summary>
    internal KnownEntries? Known { get; init; }
}
