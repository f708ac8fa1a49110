// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Policy.Diagnostics;
using Cagent.Policy.Model;

namespace Cagent.Policy;

/// <summary>The outcome of loading one policy file.</summary>
/// <param name="Policy">The policy; null exactly when a diagnostic is an error.</param>
/// <param name="Diagnostics">All that was found, in file order.</param>
public sealed record PolicyLoadResult(ValidatedPolicy? Policy, ImmutableArray<Diagnostic> Diagnostics);
