// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Compiler.Lowering;

namespace Cagent.Compiler.Envoy;

/// <summary>What decides for one agent on the names of one virtual host, where that is something else than for the others.</summary>
/// <param name="Agent">The agent.</param>
/// <param name="Entries">The entries in the order of their routes, shared ones among them; of this hop's kinds only, so perhaps none.</param>
internal sealed record AgentView(string Agent, ImmutableArray<EntryIr> Entries)
{
    public bool HasSameContent(AgentView other) =>
        Agent == other.Agent && Entries.SequenceEqual(other.Entries, static (entry, same) => entry.HasSameContent(same));
}
