// SPDX-License-Identifier: Apache-2.0
using Cagent.Policy.Diagnostics;

namespace Cagent.Policy.Reading;

/// <summary><c>from: file</c>.</summary>
internal sealed record FileSourceConfig(
    SourceLocation Location, string KeyPath, Located<string>? Path) : CredentialSourceConfig(Location, KeyPath);
