// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Policy.Migration;

/// <summary>What became of one key of an old file.</summary>
public enum MigrationOutcome
{
    /// <summary>The new policy says the same.</summary>
    Mapped,

    /// <summary>The new policy says nearly the same; the note says what is different.</summary>
    Changed,

    /// <summary>The language has it and this build does not: it stands in the new policy as a comment.</summary>
    Waiting,

    /// <summary>It has no equivalent, or was wrong; the note says what to do.</summary>
    Dropped,
}
