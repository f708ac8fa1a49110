// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Net.Sockets;
using Cagent.Grpc.Wire;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Cagent.Grpc.Server;

/// <summary>The span of one call, below the one that the client sent in W3C's form. Names are OpenTelemetry's RPC conventions (1.45).</summary>
internal static class ServerSpan
{
    private static readonly ActivitySource s_source = new("Cagent.Grpc");

    /// <summary>
    /// Starts the span and makes it current; null when nobody listens and the client sent no context. A context that nobody here
    /// listens to is still current, so that the calls which the handler makes carry it on.
    /// </summary>
    public static Activity? Start(string method, IHeaderDictionary headers, IFeatureCollection features)
    {
        // The usual case without tracing must cost nothing.
        bool isRecording = s_source.HasListeners();
        if (!isRecording && headers.TraceParent.Count == 0)
        {
            return null;
        }

        DistributedContextPropagator.Current.ExtractTraceIdAndState(headers, ReadHeader, out string? traceParent, out string? traceState);
        bool hasParent = ActivityContext.TryParse(traceParent, traceState, isRemote: true, out ActivityContext parent);
        if (isRecording && StartRecorded(method, parent, features.Get<IHttpConnectionFeature>()) is { } recorded)
        {
            return recorded;
        }

        if (!hasParent)
        {
            return null;
        }

        Activity relay = new(method) { TraceStateString = traceState };
        return relay.SetParentId(parent.TraceId, parent.SpanId, parent.TraceFlags).Start();
    }

    public static void End(Activity? span, StatusCode status)
    {
        if (span is null)
        {
            return;
        }

        string name = StatusNames.Of(status);
        span.SetTag("rpc.response.status_code", name);
        if (IsServersFault(status))
        {
            span.SetTag("error.type", name);
            span.SetStatus(ActivityStatusCode.Error);
        }

        span.Dispose();
    }

    /// <summary>The codes that the conventions count as errors of the server; the others are the client's.</summary>
    public static bool IsServersFault(StatusCode status) => status
        is StatusCode.Unknown
        or StatusCode.DeadlineExceeded
        or StatusCode.Unimplemented
        or StatusCode.Internal
        or StatusCode.Unavailable
        or StatusCode.DataLoss;

    private static Activity? StartRecorded(string method, ActivityContext parent, IHttpConnectionFeature? connection)
    {
        TagList tags = new() { { "rpc.system.name", "grpc" }, { "rpc.method", method } };
        if (connection?.RemoteIpAddress is { } peer)
        {
            tags.Add("network.transport", "tcp");
            tags.Add("network.type", peer.AddressFamily == AddressFamily.InterNetworkV6 ? "ipv6" : "ipv4");
            tags.Add("network.peer.address", peer.ToString());
            tags.Add("network.peer.port", connection.RemotePort);
            tags.Add("server.address", connection.LocalIpAddress?.ToString());
            tags.Add("server.port", connection.LocalPort);
        }
        else
        {
            tags.Add("network.transport", "unix");
        }

        return s_source.StartActivity(method, ActivityKind.Server, parent, tags);
    }

    private static void ReadHeader(object? carrier, string name, out string? value, out IEnumerable<string>? values)
    {
        value = ((IHeaderDictionary)carrier!)[name];
        values = null;
    }
}
