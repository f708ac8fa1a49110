// SPDX-License-Identifier: Apache-2.0
using Cagent.Policy.Diagnostics;

namespace Cagent.Policy.Migration;

/// <summary>What became of one key of an old file. It never repeats a value that could be a secret.</summary>
/// <param name="OldKey">The key, such as <c>domains[0].timeout</c>.</param>
/// <param name="Location">Where it stands in the old file.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Text">The new key, or why there is none and what to do.</param>
public sealed record MigrationNote(string OldKey, SourceLocation Location, MigrationOutcome Outcome, string Text);
