// SPDX-License-Identifier: Apache-2.0
using Cagent.Compiler.Limits;
using Envoy.Config.Accesslog.V3;
using Envoy.Config.Core.V3;
using Envoy.Data.Accesslog.V3;
using Envoy.Extensions.AccessLoggers.Grpc.V3;
using Envoy.Type.Matcher.V3;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Cagent.Compiler.Envoy;

/// <summary>Every request and tunnel is reported to Cagent, with the filter state that says who and what for.</summary>
internal static class AccessLogs
{
    public static AccessLog Http(string hop) => Log("envoy.access_loggers.http_grpc", new HttpGrpcAccessLogConfig { CommonConfig = Common(hop) });

    /// <summary>
    /// Beside the entry of its end, one each second while it runs for what ext_authz said is counted (<see cref="BudgetMetadata"/>), or counts
    /// as open (<see cref="SlotMetadata"/>). One log for both, so that they arrive in order.
    /// </summary>
    public static AccessLog WhileOpen(string hop)
    {
        AccessLog log = Http(hop);
        log.Filter = new AccessLogFilter
        {
            OrFilter = new OrFilter
            {
                Filters =
                {
                    new AccessLogFilter { LogTypeFilter = new LogTypeFilter { Types_ = { AccessLogType.DownstreamPeriodic }, Exclude = true } },
                    new AccessLogFilter { MetadataFilter = new MetadataFilter { Matcher = IsCounted(), MatchIfKeyNotFound = false } },
                    new AccessLogFilter { MetadataFilter = new MetadataFilter { Matcher = HasSlot(), MatchIfKeyNotFound = false } },
                },
            },
        };
        return log;
    }

    /// <summary>The end of each connection to the proxy: nothing else tells it.</summary>
    public static AccessLog OfConnections() => Tcp(SlotMetadata.ConnectionLog);

    public static AccessLog Tcp(string hop) => Log("envoy.access_loggers.tcp_grpc", new TcpGrpcAccessLogConfig { CommonConfig = Common(hop) });

    /// <summary>Only what came through an agent's tunnel, which always has a target: the cut's own requests have none.</summary>
    public static AccessLog InTunnel(string hop)
    {
        AccessLog log = Http(hop);
        log.Filter = LocalReplies.Matching($"filter_state['{EnvoyNames.ConnectState}'] == filter_state['{EnvoyNames.ConnectState}']");
        return log;
    }

    private static MetadataMatcher IsCounted() => new()
    {
        Filter = ExtAuthzFilter.Metadata,
        Path = { new MetadataMatcher.Types.PathSegment { Key = BudgetMetadata.Counted } },
        Value = new ValueMatcher { StringMatch = new StringMatcher { Exact = BudgetMetadata.IsCounted } },
    };

    private static MetadataMatcher HasSlot() => new()
    {
        Filter = ExtAuthzFilter.Metadata,
        Path = { new MetadataMatcher.Types.PathSegment { Key = SlotMetadata.Slot } },
        Value = new ValueMatcher { PresentMatch = true },
    };

    private static AccessLog Log(string name, IMessage config) => new() { Name = name, TypedConfig = TypedConfig.Pack(config) };

    private static CommonGrpcAccessLogConfig Common(string hop) => new()
    {
        LogName = hop,
        TransportApiVersion = ApiVersion.V3,
        GrpcService = new GrpcService
        {
            EnvoyGrpc = new GrpcService.Types.EnvoyGrpc { ClusterName = EnvoyNames.LogCluster, Authority = EnvoyNames.Authority },
        },
        BufferSizeBytes = 262_144,
        // Of the time in which what is used up still flows, this is the part that costs least.
        BufferFlushInterval = Duration.FromTimeSpan(TimeSpan.FromMilliseconds(250)),
        FilterStateObjectsToLog = { EnvoyNames.AgentState, EnvoyNames.TunnelState, EnvoyNames.ConnectState, EnvoyNames.RequestState, EnvoyNames.ConnectionState },
    };
}
