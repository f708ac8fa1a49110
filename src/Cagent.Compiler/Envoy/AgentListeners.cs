// SPDX-License-Identifier: Apache-2.0
using Cagent.Compiler.Lowering;
using Envoy.Config.Listener.V3;
using Google.Protobuf.WellKnownTypes;

namespace Cagent.Compiler.Envoy;

/// <summary>
/// The explicit proxy again, for agents that are known by where they connect or by the certificate that they show. A listener comes with the first
/// agent that it is for and goes with the last; its bytes depend on who the agents are, never on the entries.
/// </summary>
internal static class AgentListeners
{
    private static readonly Duration HandshakeTime = Duration.FromTimeSpan(TimeSpan.FromSeconds(10));

    public static IEnumerable<Listener> Of(EgressIr ir) => ir.Listeners.Select(listener => listener.IsMutualTls ? Certificates(ir, listener) : Named(ir, listener));

    private static Listener Named(EgressIr ir, AgentListenerIr listener)
    {
        Listener emitted = At(listener);
        foreach (AgentChain chain in AgentChain.Of(ir, listener))
        {
            FilterChain filters = chain.Emit([.. FwdListener.HttpFilters(ir, chain.Source)]);
            if (chain.Sources.IsEmpty)
            {
                emitted.DefaultFilterChain = filters;
            }
            else
            {
                emitted.FilterChains.Add(filters);
            }
        }

        return emitted;
    }

    /// <summary>One chain for all: which agent it is stands in the certificate, which Envoy reads when the chain is chosen.</summary>
    private static Listener Certificates(EgressIr ir, AgentListenerIr listener)
    {
        Listener emitted = At(listener);
        emitted.DefaultFilterChain = new FilterChain
        {
            Name = "agent/" + EnvoyNames.SpiffeSource,
            TransportSocketConnectTimeout = HandshakeTime,
            TransportSocket = MutualTls.Socket(),
            Filters =
            {
                ConnectionLimits.Of(isShared: true),
                TypedConfig.Network(EnvoyNames.SourceFilter, MutualTls.Source(listener)),
                TypedConfig.Network("envoy.filters.network.http_connection_manager", FwdListener.Manager(ir, AgentDoor.Proxy)),
            },
        };
        return emitted;
    }

    private static Listener At(AgentListenerIr listener) => new()
    {
        Name = EnvoyNames.AgentListener(listener.Name),
        Address = SocketAddresses.Of(listener.Address),
        DrainType = Listener.Types.DrainType.ModifyOnly,
        PerConnectionBufferLimitBytes = 65_536,
    };
}
