// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Globalization;
using Cagent.Compiler.Lowering;

namespace Cagent.Compiler.Envoy;

/// <summary>
/// Every name that occurs in more than one resource. A <c>typed_per_filter_config</c> key must equal the filter's name,
/// or Envoy accepts and ignores it (envoy-interception, section 11): both come from here.
/// </summary>
public static class EnvoyNames
{
    /// <summary>Bootstrap cluster of the xDS server.</summary>
    public const string ControlPlaneCluster = "cp@cagent";

    /// <summary>Bootstrap cluster of ext_authz: its own circuit breaker and connection, so that slow decisions never hold back xDS.</summary>
    public const string AuthzCluster = "authz@cagent";

    /// <summary>Bootstrap cluster of the access-log service.</summary>
    public const string LogCluster = "log@cagent";

    /// <summary>Bootstrap cluster that is told when a counted request or tunnel has ended.</summary>
    public const string SlotsCluster = "slots@cagent";

    /// <summary>Bootstrap cluster of the rate-limit service: Cagent itself, or one for many proxies.</summary>
    public const string LimitsCluster = "limits@cagent";

    /// <summary>The :authority of our gRPC services; Kestrel refuses Envoy's default, the cluster name with its <c>@</c>.</summary>
    public const string Authority = "cagent.internal";

    /// <summary>The largest body in bytes that is handed over to be signed: Envoy holds it in memory, and so does Cagent. 4 MiB.</summary>
    public const int MaxSignedBody = 4 * 1024 * 1024;

    /// <summary>The header that the listener <c>cut</c> routes by.</summary>
    public const string CutHeader = "x-cagent-cut";

    /// <summary>What the proxy's listener says of a connection whose agent must present a token, before its address; no agent can be called so. A named listener says its name and <c>@</c> between.</summary>
    public const string TokenSource = "token@";

    /// <summary>What the proxy's listener says before the name of an agent in quarantine.</summary>
    public const string QuarantinedSource = "quarantined@";

    /// <summary>What a listener for redirected connections says of an address that is no agent's, before the address.</summary>
    public const string UnknownSource = "unknown@";

    /// <summary>What stands between the name of an agent and the mark of how it was recognised; no agent has it in its name.</summary>
    public const char MarkSeparator = '#';

    /// <summary>What the listener of one agent says of an address that is another agent's, before the address.</summary>
    public const string OtherSource = "other@";

    /// <summary>
    /// What a listener of certificates says: behind it stand the listener's name, empty for the one without, where the connection comes from, and
    /// the names (URI) of the certificate, each but the last with an <c>@</c> behind it.
    /// </summary>
    public const string SpiffeSource = "spiffe@";

    /// <summary>What stands in the place of an address where a Unix socket says nothing of it.</summary>
    public const string LocalPlace = "local";

    /// <summary>The secret with the proxy's own certificate for those who speak TLS to it. With an <c>@</c>, so that no agent can ask for it by a server name.</summary>
    public const string ProxySecret = "proxy@cagent";

    internal const string TrustSecret = "trust@cagent";
    internal const string MutualTlsListener = "mtls";
    internal const string AgentBump = "bump@";
    internal const string AgentSplice = "splice@";
    internal const string BumpCluster = "in@bump";
    internal const string SpliceCluster = "in@splice";
    internal const string DialCluster = "in@dial";
    internal const string JoinCluster = "in@join";
    internal const string WildRawCluster = "wildraw@cagent";
    internal const string NoCluster = "none@cagent"; // never defined: a tunnel without a destination ends with NC

    internal const string FwdListener = "fwd";
    internal const string TlsListener = "tls";
    internal const string HttpListener = "http";
    internal const string JoinListener = "join";
    internal const string GateListener = "gate";
    internal const string BumpListener = "bump";
    internal const string SpliceListener = "splice";
    internal const string DialListener = "dial";
    internal const string FwdRoutes = "fwd";
    internal const string WebRoutes = "web";
    internal const string DialRoutes = "dial";

    internal const string FwdLimits = "limits@fwd";
    internal const string WebLimits = "limits@web";

    internal const string RequestFilter = "cagent.request";
    internal const string FloodFilter = "cagent.flood";
    internal const string AuthzFilter = "cagent.authz";
    internal const string IdentityFilter = "cagent.identity";
    internal const string ConnectFilter = "cagent.connect";
    internal const string AllowFilter = "cagent.allow";
    internal const string MethodsFilter = "cagent.methods";
    internal const string SameNameFilter = "cagent.same_name";
    internal const string WildFilter = "cagent.wild";
    internal const string SlotsFilter = "cagent.slots";
    internal const string GlobalFilter = "cagent.global";
    internal const string TrailersFilter = "cagent.trailers";
    internal const string GuardFilter = "cagent.guard";
    internal const string SourceFilter = "cagent.source";
    internal const string SniFilter = "cagent.sni";

    internal const string SourceState = "cagent.source";
    internal const string AgentState = "cagent.agent";
    internal const string RouteState = "cagent.route";
    internal const string KnownState = "cagent.known";
    internal const string TunnelState = "cagent.tunnel";
    internal const string ConnectState = "cagent.connect";
    internal const string PortState = "cagent.port";
    internal const string SniState = "cagent.sni";
    internal const string TargetState = "cagent.target";
    internal const string RequestState = "cagent.request";
    internal const string ConnectionState = "cagent.connection";
    internal const string HostState = "cagent.host";
    internal const string IdentityState = "cagent.identity";
    internal const string ReachState = "cagent.reach";
    internal const string PresentedState = "cagent.presented";
    internal const string TcpProxyClusterState = "envoy.tcp_proxy.cluster";

    /// <summary>The listener of a name that identities say; no name has an <c>@</c>.</summary>
    internal static string AgentListener(string name) => name.Length == 0 ? MutualTlsListener : $"{FwdListener}@{name}";

    /// <summary>The cluster through which every tunnel of an entry passes, and whose host the cut marks as failed.</summary>
    public static string GateCluster(string entry) => "gate@" + entry;

    /// <summary>The clusters through which every tunnel of an agent passes behind the gate: the cut of one ends the tunnels of this agent alone.</summary>
    public static ImmutableArray<string> AgentClusters(string agent) => [AgentBump + agent, AgentSplice + agent];

    /// <summary>The statistics name of a cluster: Envoy's own would keep characters that metric systems refuse.</summary>
    public static string StatName(string cluster)
    {
        string words = cluster.Replace("**", "all", StringComparison.Ordinal).Replace("*", "any", StringComparison.Ordinal);
        return string.Create(words.Length, words, static (name, from) =>
        {
            for (int i = 0; i < name.Length; i++)
            {
                name[i] = char.IsAsciiLetterOrDigit(from[i]) ? from[i] : '_';
            }
        });
    }

    /// <summary>
    /// Where the requests of an entry go. By name another cluster where Envoy is to let another reach: a changed one would serve on as it was until
    /// the new one is warm, which a slow name server can put off.
    /// </summary>
    internal static string UpstreamCluster(EntryIr entry) => entry switch
    {
        { Key.Host.IsWildcard: true, Kind: EntryKind.Inspected } => WildCluster(entry),
        { Key.Host.IsWildcard: true } => WildRawCluster + Bound(entry),
        { Kind: EntryKind.Pinned } => "pin@" + entry.Id + entry.ReachMark,
        _ => "up@" + entry.Id + entry.ReachMark,
    };

    /// <summary>The HTTP/1.1 twin for WebSocket: an upgrade over a connection that negotiated h2 is a 502 (envoy-interception, section 10).</summary>
    internal static string WebSocketCluster(EntryIr entry) => $"up@{entry.Name}-h1{(entry.Owner is null ? "" : "/" + entry.Owner)}{entry.ReachMark}";

    /// <summary>For WebSocket over plain HTTP: what is sent after the upgrade is no body, so it does not pass where bodies are counted.</summary>
    internal static string PlainWebSocketCluster(EntryIr entry) => entry.WebSocket && entry.MaxRequestBody is not null ? WebSocketCluster(entry) : UpstreamCluster(entry);

    /// <summary>One cluster for all inspected wildcards of a port, a CA and a bound on bodies.</summary>
    internal static string WildCluster(EntryIr entry) => $"wild@{entry.Key.Port}/{entry.CaName}{Bound(entry)}";

    private static string Bound(EntryIr entry) => entry.MaxRequestBody is { } bytes ? string.Create(CultureInfo.InvariantCulture, $"/{bytes}") : "";
}
