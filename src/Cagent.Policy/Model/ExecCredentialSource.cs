// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Policy.Diagnostics;

namespace Cagent.Policy.Model;

/// <summary>What a program writes to its standard output.</summary>
/// <param name="Name">The name that entries use.</param>
/// <param name="Location">Where it stands.</param>
/// <param name="Command">An absolute path and its arguments; no shell is between.</param>
/// <param name="Timeout">How long it may take, 1 ms to 5 min.</param>
/// <param name="Refresh">How often it is run again, 1 s to 24 h.</param>
public sealed record ExecCredentialSource(
    string Name, SourceLocation Location, ImmutableArray<string> Command, TimeSpan Timeout, TimeSpan Refresh) : CredentialSource(Name, Location);
