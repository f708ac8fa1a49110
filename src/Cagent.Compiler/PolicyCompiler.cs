// SPDX-License-Identifier: Apache-2.0
using Cagent.Compiler.Authz;
using Cagent.Compiler.Dns;
using Cagent.Compiler.Envoy;
using Cagent.Compiler.Limits;
using Cagent.Compiler.Lowering;
using Cagent.Policy.Model;

namespace Cagent.Compiler;

/// <summary>Policy to everything the data plane needs. Pure and total: a validated policy always compiles.</summary>
public static class PolicyCompiler
{
    /// <summary>Compiles one policy.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="inputs">What else the result depends on.</param>
    /// <param name="previous">
    /// What an earlier policy compiled to, or null. It decides the time and never the result: what both have in common is taken over
    /// as bytes instead of being made again.
    /// </param>
    public static CompiledPolicy Compile(ValidatedPolicy policy, CompilerInputs inputs, CompiledPolicy? previous = null)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(inputs);
        EgressIr ir = PolicyLowering.Lower(policy, inputs);
        EncodedPolicy encoded = EgressResources.Emit(ir, previous?.Encoded);
        return new CompiledPolicy(ir, encoded.Resources, AuthzTable.From(ir, policy.DisabledAgents))
        {
            Limits = LimitTable.From(policy),
            Dns = DnsView.From(policy),
            Encoded = encoded,
        };
    }
}
