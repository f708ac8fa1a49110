// SPDX-License-Identifier: Apache-2.0
using Cagent.Compiler.Lowering;
using Cagent.Policy.Model;
using Envoy.Config.Core.V3;
using Envoy.Extensions.Filters.Common.SetFilterState.V3;
using HttpSetFilterState = Envoy.Extensions.Filters.Http.SetFilterState.V3.Config;
using NetworkSetFilterState = Envoy.Extensions.Filters.Network.SetFilterState.V3.Config;
using Shared = Envoy.Extensions.Filters.Common.SetFilterState.V3.FilterStateValue.Types.SharedWithUpstream;

namespace Cagent.Compiler.Envoy;

/// <summary>
/// What travels with a connection or request instead of headers, which an agent could send. Identities and targets come
/// from bounded sets and are hashable: an object that is not takes no part in the pool key of an internal listener, and
/// one agent's abandoned tunnel then carried its identity into another's (473 of 800 requests, envoy-interception 1).
/// Values without a bound are not hashable, or a pool would stay behind for each.
/// </summary>
internal static class FilterState
{
    /// <summary>What ext_authz says of whom it has recognised.</summary>
    public const string Known = "agent";

    public static FilterStateValue Bounded(string key, string format, Shared shared = Shared.None) => Value(key, format, shared, "envoy.hashable_string");

    public static FilterStateValue Unbounded(string key, string format, Shared shared = Shared.None) => Value(key, format, shared, "envoy.string");

    /// <summary>A key that Envoy itself defines: its factory is that of the key.</summary>
    public static FilterStateValue Own(string key, string format, Shared shared = Shared.None) => Value(key, format, shared, "");

    public static HttpSetFilterState OnRequest(params ReadOnlySpan<FilterStateValue> values)
    {
        HttpSetFilterState config = new();
        foreach (FilterStateValue value in values)
        {
            config.OnRequestHeaders.Add(value);
        }

        return config;
    }

    public static NetworkSetFilterState OnConnection(params ReadOnlySpan<FilterStateValue> values)
    {
        NetworkSetFilterState config = new();
        foreach (FilterStateValue value in values)
        {
            config.OnNewConnection.Add(value);
        }

        return config;
    }

    /// <summary>The id of last resort: what is no HTTP request is refused before any filter could name it.</summary>
    public static FilterStateValue ConnectionId() => Unbounded(EnvoyNames.ConnectionState, "%UNIQUE_ID%");

    /// <summary>First filter of gate and bump: the SNI, and the SNI with the port of the CONNECT.</summary>
    public static NetworkSetFilterState Sni() => OnConnection(
        Unbounded(EnvoyNames.SniState, "%REQUESTED_SERVER_NAME%"),
        Unbounded(EnvoyNames.TargetState, $"%REQUESTED_SERVER_NAME%:%FILTER_STATE({EnvoyNames.PortState}:PLAIN)%"),
        ConnectionId());

    /// <summary>Where a CONNECT to this entry goes, as literals of the route: nothing of the request decides, but a wildcard's own name.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="target">What is asked for, <c>host:port</c>: the entry's host or its second name; of no use to a wildcard.</param>
    /// <param name="hasAgents">Whether the policy names agents.</param>
    public static HttpSetFilterState OfConnect(EntryIr entry, string target, bool hasAgents) => OnRequest(
    [
        Bounded(EnvoyNames.ConnectState, entry.Key.Host.IsWildcard ? "%REQ(:AUTHORITY)%" : target, Shared.Transitive),
        // Part of the target above, so nothing is lost for the key: Envoy puts hashes in it as they come, and three of them made six pools of each.
        Unbounded(EnvoyNames.PortState, entry.Key.Port.ToString(), Shared.Transitive),
        Own(EnvoyNames.TcpProxyClusterState, BehindTheGate(entry.Kind, hasAgents), Shared.Once),
        .. entry.Kind == EntryKind.Pinned ? [Unbounded(EnvoyNames.ReachState, ReachOf(entry), Shared.Transitive)] : Array.Empty<FilterStateValue>(),
    ]);

    /// <summary>What a tunnel says of the addresses that its entry opens.</summary>
    public static string ReachOf(EntryIr entry) => $"reach{entry.ReachMark}";

    /// <summary>Each agent's tunnels pass a cluster of their own, so that they can be ended without anybody else's.</summary>
    private static string BehindTheGate(EntryKind kind, bool hasAgents) => (kind, hasAgents) switch
    {
        (EntryKind.Pinned, true) => $"{EnvoyNames.AgentSplice}%FILTER_STATE({EnvoyNames.AgentState}:PLAIN)%",
        (_, true) => $"{EnvoyNames.AgentBump}%FILTER_STATE({EnvoyNames.AgentState}:PLAIN)%",
        (EntryKind.Pinned, false) => EnvoyNames.SpliceCluster,
        (_, false) => EnvoyNames.BumpCluster,
    };

    /// <summary>
    /// What an inspected route says, and null for most. A wildcard's upstream is its SNI and a literal port; the Host header decides nothing, and the
    /// port is read only when the host is set too. Where a placeholder is swapped, ext_authz is told what the agent put in its place.
    /// </summary>
    public static HttpSetFilterState? OfWeb(EntryIr entry)
    {
        HttpSetFilterState state = entry.Key.Host.IsWildcard
            ? OnRequest(Own("envoy.upstream.dynamic_host", "%REQUESTED_SERVER_NAME%"), Own("envoy.upstream.dynamic_port", entry.Key.Port.ToString()))
            : new HttpSetFilterState();
        if (entry.Credential is { Placeholder: true, In: CredentialPlace.Header or CredentialPlace.Basic } credential)
        {
            state.OnRequestHeaders.Add(Unbounded(EnvoyNames.PresentedState, string.Join('\t', credential.AllHeaders.Select(header => $"%REQ({header.Name})%"))));
        }

        return state.OnRequestHeaders.Count == 0 ? null : state;
    }

    private static FilterStateValue Value(string key, string format, Shared shared, string factory) => new()
    {
        ObjectKey = key,
        FormatString = new SubstitutionFormatString { TextFormatSource = new DataSource { InlineString = format }, OmitEmptyValues = true },
        FactoryKey = factory,
        SharedWithUpstream = shared,
    };
}
