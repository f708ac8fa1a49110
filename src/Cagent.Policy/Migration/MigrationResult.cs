// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Policy.Diagnostics;

namespace Cagent.Policy.Migration;

/// <summary>The outcome of a migration.</summary>
/// <param name="Text">The new policy, which loads; null when the old file cannot be read.</param>
/// <param name="Notes">What became of each key, in the order of the old file.</param>
/// <param name="Diagnostics">Why the old file cannot be read, or warnings about the new policy.</param>
public sealed record MigrationResult(string? Text, ImmutableArray<MigrationNote> Notes, ImmutableArray<Diagnostic> Diagnostics);
