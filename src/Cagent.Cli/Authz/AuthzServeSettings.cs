// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace Cagent.Cli.Authz;

/// <summary>The arguments of <c>cagent authz serve</c>.</summary>
/// <param name="Policy">The policy file, as written.</param>
/// <param name="Port">The port on 127.0.0.1; 0 takes a free one.</param>
public sealed record AuthzServeSettings(string Policy, int Port)
{
    /// <summary>Files that are laid over the policy, in order, as written.</summary>
    public ImmutableArray<string> Overlays { get; init; } = [];
}
