// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.ControlPlane.Revisions;
using Cagent.Policy.Diagnostics;

namespace Cagent.ControlPlane.Publishing;

/// <summary>The outcome of building one revision.</summary>
/// <param name="Revision">The revision; null exactly when a diagnostic is an error.</param>
/// <param name="Diagnostics">All that was found.</param>
/// <param name="Dependencies">The files that the policy names, found or not: a change of one is a change of the policy.</param>
public sealed record RevisionBuildResult(Revision? Revision, ImmutableArray<Diagnostic> Diagnostics, ImmutableArray<string> Dependencies);
