// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace Cagent.Secrets.Trust;

/// <summary>How one runtime is made to fetch one URL over TLS. The server sees whether it did; the program's own exit code does not count.</summary>
/// <param name="Runtime">Its name.</param>
/// <param name="Programs">Executables to look for, in order.</param>
/// <param name="Arguments">Its arguments for a target.</param>
/// <param name="Variables">The variables of <see cref="TrustEnvironment"/> by which it trusts the CA; empty when it reads none.</param>
internal sealed record TrustProbe(string Runtime, ImmutableArray<string> Programs, Func<ProbeTarget, ImmutableArray<string>> Arguments, params ImmutableArray<string> Variables)
{
    /// <summary>The exit code of a script whose library is not installed.</summary>
    public const int LibraryMissing = 97;

    /// <summary>What is run in place of the executable that was looked for; null runs that. Empty when there is nothing to run.</summary>
    public ImmutableArray<string>? Instead { get; init; }

    /// <summary>What is written to its standard input.</summary>
    public Func<ProbeTarget, string> Input { get; init; } = _ => "";

    /// <summary>Variables that the probe itself needs.</summary>
    public Func<ProbeTarget, ImmutableDictionary<string, string>> Environment { get; init; } = _ => [];

    /// <summary>A file that the probe needs in its folder: its name and content.</summary>
    public (string Name, string Content)? Script { get; init; }

    /// <summary>What to say when no variable does it, and the arguments that prove it.</summary>
    public Func<TrustEnvironment, (string Text, ImmutableArray<string> Arguments)>? OtherFix { get; init; }
}
