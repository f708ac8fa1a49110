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
    private const string RemoteAddress = "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%";

    /// <summary>The chains of all who are known by their address alone; where the policy names nobody, the one of everybody.</summary>
    public static IEnumerable<AgentChain> Of(EgressIr ir) => ir.HasAgents
        ? ir.Agents.Where(agent => agent.Recognition is { HasOwnChain: true, Listener: null }).Select(Of)
        : [new(EgressIr.AnonymousAgent, EgressIr.AnonymousAgent, EgressIr.AnonymousAgent, [])];

    /// <summary>The chain of all other addresses.</summary>
    public static AgentChain OfAddress(string mark) => new(mark, "", mark + RemoteAddress, []);

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

    /// <summary>
    /// The chains of a named listener: of those who are known by it; of the addresses of agents that are known by these alone, who are nobody
    /// here, since what holds for two agents tells neither; and of who presents a token.
    /// </summary>
    public static IEnumerable<AgentChain> Of(EgressIr ir, AgentListenerIr listener)
    {
        AgentIr[] agents = [.. ir.Agents.Where(agent => agent.Recognition?.Listener == listener.Name)];
        foreach (AgentIr agent in agents.Where(agent => agent.Recognition!.HasOwnChain))
        {
            yield return Of(agent);
        }

        bool takesAnyAddress = agents.Any(agent => agent.Recognition is { HasOwnChain: true, Sources.IsEmpty: true });
        if (takesAnyAddress && !listener.Address.IsSocket && OthersAddresses(ir) is { IsEmpty: false } addresses)
        {
            yield return new AgentChain(EnvoyNames.OtherSource, "", EnvoyNames.OtherSource + RemoteAddress, addresses);
        }

        // A listener must have some chain, and this one lets nobody in by itself.
        if (!takesAnyAddress && (agents.Any(agent => agent.Recognition!.HasToken) || !agents.Any(agent => agent.Recognition!.HasOwnChain)))
        {
            yield return new AgentChain(EnvoyNames.TokenSource, "", $"{EnvoyNames.TokenSource}{listener.Name}@{RemoteOf(listener)}", []);
        }
    }

    /// <summary>Where a connection comes from. A client of a Unix socket may call itself what it likes.</summary>
    public static string RemoteOf(AgentListenerIr listener) => listener.Address.IsSocket ? EnvoyNames.LocalPlace : RemoteAddress;

    private static ImmutableArray<AddressRange> OthersAddresses(EgressIr ir) =>
        [.. ir.Agents.Where(agent => agent.Recognition is { HasOwnChain: true, Listener: null }).SelectMany(agent => agent.Recognition!.Sources).Distinct().OrderBy(range => range.ToString(), StringComparer.Ordinal)];

    private static AgentChain Of(AgentIr agent)
    {
        string name = agent.IsQuarantined ? EnvoyNames.QuarantinedSource + agent.Name : agent.Name;
        return new AgentChain(name, agent.Name, $"{name}{EnvoyNames.MarkSeparator}{agent.Recognition!.ToMark()}", agent.Recognition.Sources);
    }
}
