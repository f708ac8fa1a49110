// SPDX-License-Identifier: Apache-2.0
using Cagent.Policy.Diagnostics;

namespace Cagent.Policy.Model;

/// <summary>A value from the environment of the Cagent process.</summary>
/// <param name="Name">The name that entries use.</param>
/// <param name="Location">Where it stands.</param>
/// <param name="Variable">The environment variable.</param>
public sealed record EnvCredentialSource(string Name, SourceLocation Location, string Variable) : CredentialSource(Name, Location);
