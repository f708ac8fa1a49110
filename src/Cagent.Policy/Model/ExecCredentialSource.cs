// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Policy.Diagnostics;

namespace Cagent.Policy.Model;

/// <summary>What a program writes to its standard output.</summary>
/// <param name="Name">The name that entries use.</param>
/// <param name="Location">Where it stands.</param>
/// <param name="Command">An absolute path and its arguments; no shell is between.</param>
/// <param name="Environment">The variables of Cagent's environment that it is given, beside a few harmless ones.</param>
/// <param name="Field">The field of the JSON object that it prints; null for the known forms and for plain text.</param>
/// <param name="Timeout">How long it may take, 1 ms to 5 min.</param>
/// <param name="Refresh">How often it is run again, 1 s to 24 h.</param>
/// <param name="MaxStale">How long the value is used after the program last gave it, at most 48 h and longer than <paramref name="Refresh"/>.</param>
public sealed record ExecCredentialSource(
    string Name, SourceLocation Location, ImmutableArray<string> Command, ImmutableArray<string> Environment, string? Field,
    TimeSpan Timeout, TimeSpan Refresh, TimeSpan MaxStale) : CredentialSource(Name, Location);
