// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace Cagent.Policy.Migration;

/// <summary>Collects what became of each key. Whoever writes a note repeats no value that has not been parsed.</summary>
internal sealed class MigrationNotes(PolicyFeatures honoured)
{
    private readonly List<MigrationNote> _notes = [];

    public bool Honours(PolicyFeatures feature) => honoured.HasFlag(feature);

    public void Mapped(OldValue value, string text) => Add(value, MigrationOutcome.Mapped, text);

    public void Changed(OldValue value, string text) => Add(value, MigrationOutcome.Changed, text);

    public void Dropped(OldValue value, string text) => Add(value, MigrationOutcome.Dropped, text);

    /// <summary>Mapped to a key that this build may not honour.</summary>
    public void Mapped(OldValue value, string text, PolicyFeatures feature) =>
        Add(value, Honours(feature) ? MigrationOutcome.Mapped : MigrationOutcome.Waiting, Honours(feature) ? text : $"{text}; not in this build, so it is written as a comment");

    /// <summary>In the order of the old file.</summary>
    public ImmutableArray<MigrationNote> ToImmutable() => [.. _notes.OrderBy(note => note.Location.Line).ThenBy(note => note.Location.Column)];

    private void Add(OldValue value, MigrationOutcome outcome, string text) => _notes.Add(new MigrationNote(value.Path, value.Location, outcome, text));
}
