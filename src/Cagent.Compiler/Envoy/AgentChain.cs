// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Compiler.Lowering;
using Cagent.Domains;
using Envoy.Config.Core.V3;
using Envoy.Config.Listener.V3;

namespace Cagent.Compiler.Envoy;

/// <summary>
/// One filter chain of a listener that agents reach: whose connections it takes, and what it says of them. When the chain of an agent goes,
/// and when its bytes change, Envoy ends whatever runs through it and nothing else; so another chain is what ends the plain-HTTP streams of
/// one that is quarantined. Nothing may pass through that other chain, or what began there just after the release would end with it.
/// </summary>
/// <param name="Name">The agent, perhaps behind the mark of quarantine; or the mark of those who are known by no address.</param>
/// <param name="Agent">The agent for the log; empty when it is nobody.</param>
/// <param name="Source">What is told to the policy service.</param>
/// <param name="Sources">The addresses that it takes; empty takes all.</param>
internal sealed record AgentChain(string Name, string Agent, string Source, ImmutableArray<AddressRange> Sources)
{
    /// <summary>The chains of all who are known by their address alone; where the policy names nobody, the one of everybody.</summary>
    public static IEnumerable<AgentChain> Of(EgressIr ir) => ir.HasAgents
        ? ir.Agents.Where(agent => agent.Recognition is { HasOwnChain: true }).Select(Of)
        : [new(EgressIr.AnonymousAgent, EgressIr.AnonymousAgent, EgressIr.AnonymousAgent, [])];

    /// <summary>The chain of all other addresses.</summary>
    public static AgentChain OfAddress(string mark) => new(mark, "", $"{mark}%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%", []);

    /// <summary>The chain with its filters, for one transport protocol or for any.</summary>
    public FilterChain Emit(IEnumerable<Filter> filters, string? transport = null)
    {
        FilterChain chain = new() { Name = "agent/" + Name, Filters = { ConnectionLimits.Of(isShared: Sources.IsEmpty), filters } };
        if (transport is not null || !Sources.IsEmpty)
        {
            chain.FilterChainMatch = new FilterChainMatch
            {
                TransportProtocol = transport ?? "",
                SourcePrefixRanges = { Sources.Select(range => new CidrRange { AddressPrefix = range.Address.ToString(), PrefixLen = (uint)range.PrefixLength }) },
            };
        }

        return chain;
    }

    private static AgentChain Of(AgentIr agent)
    {
        string name = agent.IsQuarantined ? EnvoyNames.QuarantinedSource + agent.Name : agent.Name;
        return new AgentChain(name, agent.Name, $"{name}{EnvoyNames.MarkSeparator}{agent.Recognition!.ToMark()}", agent.Recognition.Sources);
    }
}
