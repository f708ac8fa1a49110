// SPDX-License-Identifier: Apache-2.0
using Envoy.Config.Listener.V3;
using Envoy.Extensions.Filters.Network.ConnectionLimit.V3;
using Google.Protobuf.WellKnownTypes;

namespace Cagent.Compiler.Envoy;

/// <summary>
/// How many connections one agent may have open at the proxy. Envoy has a limit for all together too; without one for each, a single agent could
/// use that up and lock all others out (attack E6).
/// </summary>
internal static class ConnectionLimits
{
    /// <summary>A few hundred are a busy agent.</summary>
    private const ulong OfOneAgent = 4096;

    /// <summary>Where agents are not told apart by their address, they share a chain and its limit.</summary>
    private const ulong OfAllTogether = 4 * OfOneAgent;

    /// <summary>The first filter of a chain: a connection too many is closed before it costs anything.</summary>
    public static Filter Of(bool isShared) => TypedConfig.Network("envoy.filters.network.connection_limit", new ConnectionLimit
    {
        StatPrefix = isShared ? "shared" : "agent",
        MaxConnections = isShared ? OfAllTogether : OfOneAgent,
        // At once, instead of holding it for a while.
        Delay = Duration.FromTimeSpan(TimeSpan.Zero),
    });
}
