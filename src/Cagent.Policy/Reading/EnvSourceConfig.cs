// SPDX-License-Identifier: Apache-2.0
using Cagent.Policy.Diagnostics;

namespace Cagent.Policy.Reading;

/// <summary><c>from: env</c>.</summary>
internal sealed record EnvSourceConfig(
    SourceLocation Location, string KeyPath, Located<string>? Variable) : CredentialSourceConfig(Location, KeyPath);
