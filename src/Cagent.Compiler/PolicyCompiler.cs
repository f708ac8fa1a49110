// SPDX-License-Identifier: Apache-2.0
using Cagent.Compiler.Authz;
using Cagent.Compiler.Envoy;
using Cagent.Compiler.Lowering;
using Cagent.Policy.Model;

namespace Cagent.Compiler;

/// <summary>Policy to everything the data plane needs. Pure and total: a validated policy always compiles.</summary>
public static class PolicyCompiler
{
    /// <summary>Compiles one policy.</summary>
    public static CompiledPolicy Compile(ValidatedPolicy policy, CompilerInputs inputs)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(inputs);
        EgressIr ir = PolicyLowering.Lower(policy, inputs);
        return new CompiledPolicy(ir, EgressResources.Emit(ir), AuthzTable.From(ir.Entries));
    }
}
