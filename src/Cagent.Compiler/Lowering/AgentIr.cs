// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Policy.Diagnostics;

namespace Cagent.Compiler.Lowering;

/// <summary>One agent of the policy, or all of one prefix.</summary>
/// <param name="Name">The name as written, with the final <c>*</c> of a prefix.</param>
/// <param name="IsQuarantined">Whether everything is denied.</param>
/// <param name="Entries">Its own entries, in ordinal order of their names.</param>
/// <param name="Location">Where it stands in the policy file.</param>
public sealed record AgentIr(string Name, bool IsQuarantined, ImmutableArray<EntryIr> Entries, SourceLocation Location)
{
    /// <summary>How it is recognised; null when by nothing that this data plane can check, and then nobody is taken for it.</summary>
    public AgentRecognition? Recognition { get; init; }
}
