// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Compiler.Authz;
using Cagent.Compiler.Dns;
using Cagent.Compiler.Envoy;
using Cagent.Compiler.Limits;
using Cagent.Compiler.Lowering;

namespace Cagent.Compiler;

/// <summary>Everything that one policy compiles to. Immutable; equal inputs give equal outputs to the byte.</summary>
/// <param name="Ir">The lowered policy.</param>
/// <param name="Resources">Envoy's resources, in make-before-break order of their types.</param>
/// <param name="Authz">What the decision engine looks requests up in.</param>
public sealed record CompiledPolicy(EgressIr Ir, ImmutableArray<EnvoyResource> Resources, AuthzTable Authz)
{
    /// <summary>Rate limits, budgets and the bounds of agents.</summary>
    public required LimitTable Limits { get; init; }

    /// <summary>The names that agents may resolve.</summary>
    public required DnsView Dns { get; init; }

    /// <summary>The parts of <see cref="Resources"/>, for the next compilation.</summary>
    internal EncodedPolicy? Encoded { get; init; }
}
