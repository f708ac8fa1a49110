// SPDX-License-Identifier: Apache-2.0
using Cagent.Policy.Diagnostics;

namespace Cagent.Policy.Reading;

/// <summary>What every reader needs beside the text.</summary>
/// <param name="Bag">Where problems go.</param>
/// <param name="Honoured">What this build honours.</param>
internal sealed record ReadingContext(DiagnosticBag Bag, PolicyFeatures Honoured)
{
    private const string NeverIgnored = "remove it; a block that is not honoured is refused, never ignored";

    /// <summary>Entries of an earlier load that can be taken over, or null.</summary>
    public KnownEntries? Known { get; init; }

    /// <summary>Refuses what this build does not honour. It is read and judged all the same, so that all errors are told at once.</summary>
    public void Gate(PolicyFeatures feature, string what, SourceLocation location, string keyPath, string hint = NeverIgnored)
    {
        if (!Honoured.HasFlag(feature))
        {
            Refuse(what, location, keyPath, hint);
        }
    }

    /// <summary>Refuses what this build does not honour.</summary>
    public void Refuse(string what, SourceLocation location, string keyPath, string hint = NeverIgnored) =>
        Bag.Error(DiagnosticCodes.NotSupported, $"{what} is not supported by this build", location, keyPath, hint);
}
