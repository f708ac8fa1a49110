// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Policy.Diagnostics;

namespace Cagent.Policy.Reading;

/// <summary><c>from: exec</c>.</summary>
internal sealed record ExecSourceConfig(
    SourceLocation Location, string KeyPath, Located<ImmutableArray<Located<string>>>? Command, Located<TimeSpan>? Timeout, Located<TimeSpan>? Refresh,
    Located<TimeSpan>? MaxStale, Located<string>? Field, Located<ImmutableArray<Located<string>>>? Environment) : CredentialSourceConfig(Location, KeyPath);
