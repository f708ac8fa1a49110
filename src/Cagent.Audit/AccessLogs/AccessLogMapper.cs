// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Cagent.Compiler.Limits;
using Cagent.ControlPlane.Budgets;
using Envoy.Config.Core.V3;
using Envoy.Data.Accesslog.V3;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Cagent.Audit.AccessLogs;

/// <summary>
/// Makes records of Envoy's entries. Total: whatever Envoy sends becomes a record, since a lost entry is worse than an odd one.
/// Pure and thread safe.
/// </summary>
internal static class AccessLogMapper
{
    // ext_authz writes here whatever the filter is called.
    private const string AuthzMetadata = "envoy.filters.http.ext_authz";

    private const string GuardMetadata = "cagent.guard";

    /// <summary>A finished request; null for the entries that Envoy writes on the way.</summary>
    public static AccessLogRecord? Map(string log, HTTPAccessLogEntry entry, DateTimeOffset now)
    {
        AccessLogCommon common = entry.CommonProperties ?? new AccessLogCommon();
        HTTPRequestProperties request = entry.Request ?? new HTTPRequestProperties();
        HTTPResponseProperties response = entry.Response ?? new HTTPResponseProperties();
        string? details = LoggedText.Other(response.ResponseCodeDetails);
        string? guard = Said(common, GuardMetadata, "outcome");
        return !IsFinal(common) ? null : Common(log, common, now) with
        {
            Guard = guard == GuardOutcomes.Redacted ? GuardOutcomes.Redacted : guard == GuardOutcomes.Failed ? GuardOutcomes.Failed : null,
            Method = request.RequestMethod == RequestMethod.MethodUnspecified ? null : request.RequestMethod.ToString().ToUpperInvariant(),
            Scheme = LoggedText.Other(request.Scheme),
            Host = LoggedText.Host(request.Authority),
            Path = LoggedText.Path(request.Path),
            // Envoy writes 0 when the stream ended before a status.
            Status = response.ResponseCode is { } code and not 0 ? (int)Math.Min(code, 999) : null,
            Details = details,
            // A filter that has no configuration answers without any details.
            DeniedReason = DenialReasons.Find(log, details, LoggedText.Other(Decided(common, "reason")))
                ?? (common.ResponseFlags?.NoFilterConfigFound is true ? "policy_unavailable" : guard == GuardOutcomes.Failed ? "response_guard_failed" : null),
            BytesUp = Clamp(request.RequestBodyBytes),
            BytesDown = Clamp(response.ResponseBodyBytes),
        };
    }

    /// <summary>A finished connection; null for the entries that Envoy writes on the way.</summary>
    public static AccessLogRecord? Map(string log, TCPAccessLogEntry entry, DateTimeOffset now)
    {
        AccessLogCommon common = entry.CommonProperties ?? new AccessLogCommon();
        ConnectionProperties connection = entry.ConnectionProperties ?? new ConnectionProperties();
        string? details = LoggedText.Other(common.ConnectionTerminationDetails);
        return !IsFinal(common) ? null : Common(log, common, now) with
        {
            Details = details,
            DeniedReason = DenialReasons.Find(log, details, null),
            BytesUp = Clamp(connection.ReceivedBytes),
            BytesDown = Clamp(connection.SentBytes),
        };
    }

    /// <summary>What a request or tunnel has carried, of the entries on the way too; false when it has no id.</summary>
    public static bool TryReport(HTTPAccessLogEntry entry, out StreamReport report)
    {
        report = default;
        if (entry.CommonProperties is not { } common || State(common, "cagent.request") is not { } id)
        {
            return false;
        }

        string? agent = Decided(common, BudgetMetadata.Counted) == BudgetMetadata.IsCounted ? Decided(common, "agent") : null;
        report = new StreamReport(id, agent, IsFinal(common),
            Clamp(Sum(entry.Request?.RequestHeadersBytes ?? 0, entry.Request?.RequestBodyBytes ?? 0)),
            Clamp(Sum(entry.Response?.ResponseHeadersBytes ?? 0, entry.Response?.ResponseBodyBytes ?? 0)));
        return true;
    }

    /// <summary>The id of a connection to the proxy that has ended; null while it is open.</summary>
    public static string? ConnectionIdOf(AccessLogCommon? common) => common is null || !IsFinal(common) ? null : State(common, "cagent.connection");

    private static AccessLogRecord Common(string log, AccessLogCommon common, DateTimeOffset now) => new()
    {
        Time = Time(common.StartTime) ?? now,
        Log = log,
        Agent = LoggedText.Other(State(common, "cagent.agent") ?? Decided(common, "agent")),
        Tunnel = LoggedText.Other(State(common, "cagent.tunnel")),
        Connect = LoggedText.Other(State(common, "cagent.connect")),
        // The stream id is empty once the route removed x-request-id, and the only one when no filter ran; what was no request has neither.
        RequestId = LoggedText.Other(State(common, "cagent.request") ?? NotEmpty(common.StreamId) ?? State(common, "cagent.connection")),
        Entry = LoggedText.Other(Decided(common, "entry")),
        Rule = LoggedText.Other(Decided(common, "rule")),
        Flags = ResponseFlagNames.Of(common.ResponseFlags),
        Duration = Span(common.Duration) ?? Span(common.TimeToLastDownstreamTxByte) ?? TimeSpan.Zero,
        UpstreamHost = LoggedText.Other(Address(common.UpstreamRemoteAddress)),
        Source = LoggedText.Other(Outside(common.DownstreamDirectRemoteAddress)),
        Destination = LoggedText.Other(Outside(common.DownstreamLocalAddress)),
        UpstreamCluster = LoggedText.Other(common.UpstreamCluster),
        Sni = LoggedText.Other(common.TlsProperties?.TlsSniHostname),
    };

    // The others would be counted twice.
    private static bool IsFinal(AccessLogCommon common) =>
        common.AccessLogType is AccessLogType.NotSet or AccessLogType.DownstreamEnd or AccessLogType.TcpConnectionEnd;

    private static string? NotEmpty(string text) => text.Length == 0 ? null : text;

    private static string? State(AccessLogCommon common, string key)
    {
        if (!common.FilterStateObjects.TryGetValue(key, out Any? any))
        {
            return null;
        }
        try
        {
            return any.TryUnpack(out StringValue value) && value.Value is { Length: > 0 } text ? text : null;
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }

    private static string? Decided(AccessLogCommon common, string key) => Said(common, AuthzMetadata, key);

    private static string? Said(AccessLogCommon common, string filter, string key) =>
        common.Metadata?.FilterMetadata.TryGetValue(filter, out Struct? metadata) == true
        && metadata.Fields.TryGetValue(key, out Value? value) && value is { KindCase: Value.KindOneofCase.StringValue, StringValue.Length: > 0 }
            ? value.StringValue
            : null;

    // Behind the first hop there are names of listeners and nothing of the agent.
    private static string? Outside(Address? address) => address?.SocketAddress is { } socket ? Socket(socket) : null;

    private static string? Address(Address? address) => address?.AddressCase switch
    {
        Envoy.Config.Core.V3.Address.AddressOneofCase.SocketAddress => Socket(address.SocketAddress),
        Envoy.Config.Core.V3.Address.AddressOneofCase.EnvoyInternalAddress => $"internal:{address.EnvoyInternalAddress.ServerListenerName}",
        Envoy.Config.Core.V3.Address.AddressOneofCase.Pipe => "pipe",
        _ => null,
    };

    private static string Socket(SocketAddress socket)
    {
        string port = socket.PortValue.ToString(CultureInfo.InvariantCulture);
        return socket.Address.Contains(':', StringComparison.Ordinal) ? $"[{socket.Address}]:{port}" : $"{socket.Address}:{port}";
    }

    private static DateTimeOffset? Time(Timestamp? time) =>
        time is { Nanos: >= 0 and <= 999_999_999, Seconds: >= -62_135_596_800 and <= 253_402_300_799 } ? time.ToDateTimeOffset() : null;

    private static TimeSpan? Span(Duration? duration) =>
        duration is { Seconds: >= 0 and < 315_576_000_000, Nanos: >= 0 and <= 999_999_999 } ? duration.ToTimeSpan() : null;

    private static ulong Sum(ulong headers, ulong body) => body > ulong.MaxValue - headers ? ulong.MaxValue : headers + body;

    private static long Clamp(ulong bytes) => (long)Math.Min(bytes, long.MaxValue);
}
