// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Diagnostics.Metrics;
using BenchmarkDotNet.Attributes;
using Cagent.Audit;
using Cagent.Audit.AccessLogs;
using Envoy.Config.Core.V3;
using Envoy.Data.Accesslog.V3;
using Envoy.Service.Accesslog.V3;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.DependencyInjection;

namespace Cagent.Benchmarks.Requests;

/// <summary>One entry of Envoy's access log, in a batch of 100: from its bytes to the line, without transport and disk.</summary>
public class AccessLogBenchmarks
{
    private const int Entries = 100;
    private readonly byte[] _batch = Batch().ToByteArray();
    private readonly AccessLogQueue _queue;
    private readonly AccessLogIntake _intake;
    private readonly ArrayBufferWriter<byte> _lines = new(1 << 20);

    public AccessLogBenchmarks()
    {
        AuditMetrics metrics = new(new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>());
        _queue = new AccessLogQueue(10_000, metrics);
        _intake = new AccessLogIntake(_queue, metrics, TimeProvider.System, [], []);
    }

    [Benchmark(OperationsPerInvoke = Entries)]
    public int Parse() => StreamAccessLogsMessage.Parser.ParseFrom(_batch).HttpLogs.LogEntry.Count;

    [Benchmark(OperationsPerInvoke = Entries)]
    public int ParseAndMap()
    {
        _intake.Accept("web", StreamAccessLogsMessage.Parser.ParseFrom(_batch));
        int count = 0;
        while (_queue.Reader.TryRead(out _))
        {
            count++;
        }

        return count;
    }

    [Benchmark(OperationsPerInvoke = Entries)]
    public int ParseMapAndWrite()
    {
        _intake.Accept("web", StreamAccessLogsMessage.Parser.ParseFrom(_batch));
        _lines.ResetWrittenCount();
        while (_queue.Reader.TryRead(out AccessLogRecord? record))
        {
            AccessLogJson.WriteLine(record, _lines);
        }

        return _lines.WrittenCount;
    }

    private static StreamAccessLogsMessage Batch()
    {
        StreamAccessLogsMessage message = new() { HttpLogs = new StreamAccessLogsMessage.Types.HTTPAccessLogEntries() };
        for (int number = 0; number < Entries; number++)
        {
            message.HttpLogs.LogEntry.Add(Entry());
        }

        return message;
    }

    private static HTTPAccessLogEntry Entry() => new()
    {
        ProtocolVersion = HTTPAccessLogEntry.Types.HTTPVersion.Http11,
        CommonProperties = new AccessLogCommon
        {
            DownstreamRemoteAddress = Socket("127.0.0.1", 41234),
            DownstreamDirectRemoteAddress = Socket("127.0.0.1", 41234),
            DownstreamLocalAddress = new Address { EnvoyInternalAddress = new EnvoyInternalAddress { ServerListenerName = "bump" } },
            UpstreamRemoteAddress = Socket("127.0.0.1", 8443),
            UpstreamLocalAddress = Socket("127.0.0.1", 51234),
            UpstreamCluster = "up@h500.example.com:443",
            StartTime = Timestamp.FromDateTimeOffset(TimeProvider.System.GetUtcNow()),
            TimeToLastRxByte = Duration.FromTimeSpan(TimeSpan.FromMilliseconds(0.2)),
            TimeToFirstUpstreamTxByte = Duration.FromTimeSpan(TimeSpan.FromMilliseconds(0.4)),
            TimeToLastUpstreamTxByte = Duration.FromTimeSpan(TimeSpan.FromMilliseconds(0.5)),
            TimeToFirstUpstreamRxByte = Duration.FromTimeSpan(TimeSpan.FromMilliseconds(0.8)),
            TimeToLastUpstreamRxByte = Duration.FromTimeSpan(TimeSpan.FromMilliseconds(0.9)),
            TimeToFirstDownstreamTxByte = Duration.FromTimeSpan(TimeSpan.FromMilliseconds(0.8)),
            TimeToLastDownstreamTxByte = Duration.FromTimeSpan(TimeSpan.FromMilliseconds(0.9)),
            Duration = Duration.FromTimeSpan(TimeSpan.FromMilliseconds(0.95)),
            RouteName = "h500.example.com:443",
            TlsProperties = new TLSProperties { TlsSniHostname = "h500.example.com", TlsSessionId = "" },
            Metadata = new Metadata
            {
                FilterMetadata =
                {
                    ["envoy.filters.http.ext_authz"] = new Struct
                    {
                        Fields =
                        {
                            ["revision"] = Value.ForString("2d711642b726"), ["agent"] = Value.ForString("anonymous"), ["entry"] = Value.ForString("h500.example.com:443"),
                            ["rule"] = Value.ForString("GET /v1/**"), ["limit"] = Value.ForString("none"),
                        },
                    },
                },
            },
            FilterStateObjects =
            {
                ["cagent.agent"] = Any.Pack(new StringValue { Value = "anonymous" }),
                ["cagent.tunnel"] = Any.Pack(new StringValue { Value = "127.0.0.1:41234-1" }),
                ["cagent.connect"] = Any.Pack(new StringValue { Value = "h500.example.com:443" }),
                ["cagent.request"] = Any.Pack(new StringValue { Value = "0b0a7e26-9d8e-4b3a-8f3c-3e5b2f1a7c11" }),
            },
            AccessLogType = AccessLogType.DownstreamEnd,
        },
        Request = new HTTPRequestProperties { RequestMethod = RequestMethod.Get, Scheme = "https", Authority = "h500.example.com:443", Path = "/v1/models", RequestHeadersBytes = 200 },
        Response = new HTTPResponseProperties { ResponseCode = 200, ResponseBodyBytes = 1024, ResponseHeadersBytes = 150, ResponseCodeDetails = "via_upstream" },
    };

    private static Address Socket(string address, uint port) => new() { SocketAddress = new SocketAddress { Address = address, PortValue = port } };
}
