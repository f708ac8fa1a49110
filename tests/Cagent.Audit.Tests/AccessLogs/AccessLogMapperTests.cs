// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Text;
using System.Text.Json;
using Cagent.Audit.AccessLogs;
using Cagent.ControlPlane.Budgets;
using Envoy.Config.Core.V3;
using Envoy.Data.Accesslog.V3;
using FsCheck;
using FsCheck.Fluent;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Cagent.Audit.Tests.AccessLogs;

public sealed class AccessLogMapperTests
{
    private static readonly DateTimeOffset Now = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Map_WholeRequest_TakesEachField()
    {
        HTTPAccessLogEntry entry = new()
        {
            CommonProperties = new AccessLogCommon
            {
                StartTime = Timestamp.FromDateTimeOffset(Now.AddSeconds(-3)),
                Duration = Duration.FromTimeSpan(TimeSpan.FromMilliseconds(12.5)),
                UpstreamRemoteAddress = new Address { SocketAddress = new SocketAddress { Address = "2001:db8::1", PortValue = 443 } },
                UpstreamCluster = "up@api.good.test:443",
                ResponseFlags = new ResponseFlags { UpstreamConnectionFailure = true, UpstreamRetryLimitExceeded = true },
                TlsProperties = new TLSProperties { TlsSniHostname = "api.good.test" },
                StreamId = "stream",
                Metadata = Authz(("entry", "entry-1"), ("rule", "POST /v1/**"), ("agent", "from metadata")),
            },
            Request = new HTTPRequestProperties
            {
                RequestMethod = RequestMethod.Post,
                Scheme = "https",
                Authority = "API.good.test:443",
                Path = "/v1/things",
                RequestBodyBytes = 10,
            },
            Response = new HTTPResponseProperties { ResponseCode = 503, ResponseCodeDetails = "upstream_reset", ResponseBodyBytes = 20 },
        };
        AddState(entry.CommonProperties, ("cagent.agent", "a1"), ("cagent.tunnel", "t1"), ("cagent.connect", "api.good.test:443"), ("cagent.request", "r1"));
        AccessLogRecord expected = new()
        {
            Time = Now.AddSeconds(-3),
            Log = "web",
            Agent = "a1",
            Tunnel = "t1",
            Connect = "api.good.test:443",
            RequestId = "r1",
            Entry = "entry-1",
            Rule = "POST /v1/**",
            Method = "POST",
            Scheme = "https",
            Host = "api.good.test:443",
            Path = "/v1/things",
            Status = 503,
            Details = "upstream_reset",
            BytesUp = 10,
            BytesDown = 20,
            Duration = TimeSpan.FromMilliseconds(12.5),
            UpstreamHost = "[2001:db8::1]:443",
            UpstreamCluster = "up@api.good.test:443",
            Sni = "api.good.test",
        };
        AccessLogRecord? record = AccessLogMapper.Map("web", entry, Now);
        Assert.Equal("UF,URX", string.Join(',', record!.Flags));
        Assert.Equal(expected, record with { Flags = expected.Flags });
    }

    [Fact]
    public void Map_Connection_TakesItsBytesAndItsEnd()
    {
        TCPAccessLogEntry entry = new()
        {
            CommonProperties = new AccessLogCommon { ConnectionTerminationDetails = "rbac_access_denied_matched_policy[none]", AccessLogType = AccessLogType.TcpConnectionEnd },
            ConnectionProperties = new ConnectionProperties { ReceivedBytes = 5, SentBytes = ulong.MaxValue },
        };
        AccessLogRecord record = AccessLogMapper.Map("gate", entry, Now)!;
        Assert.Equal("name_mismatch", record.DeniedReason);
        Assert.Equal((5L, long.MaxValue), (record.BytesUp, record.BytesDown));
        Assert.Equal((null, null, null), (record.Status, record.Method, record.Path));
    }

    /// <summary>Between hops of one Envoy the addresses are names of its listeners, which say nothing of an agent.</summary>
    [Fact]
    public void Map_Addresses_AreTheAgentsOrNone()
    {
        AccessLogCommon outside = new() { DownstreamDirectRemoteAddress = Address("10.200.0.2", 40_000), DownstreamLocalAddress = Address("2620:fe::66", 443) };
        AccessLogRecord first = AccessLogMapper.Map("tls", new TCPAccessLogEntry { CommonProperties = outside }, Now)!;
        Assert.Equal(("10.200.0.2:40000", "[2620:fe::66]:443"), (first.Source, first.Destination));

        Address inner = new() { EnvoyInternalAddress = new EnvoyInternalAddress { ServerListenerName = "bump" } };
        AccessLogRecord next = AccessLogMapper.Map("web", new HTTPAccessLogEntry { CommonProperties = new AccessLogCommon { DownstreamDirectRemoteAddress = inner, DownstreamLocalAddress = inner } }, Now)!;
        Assert.Equal((null, null), (next.Source, next.Destination));

        static Address Address(string address, uint port) => new() { SocketAddress = new SocketAddress { Address = address, PortValue = port } };
    }

    [Fact]
    public void Map_NothingSet_IsStillARecord() => Assert.Equal(new AccessLogRecord { Time = Now, Log = "web" }, AccessLogMapper.Map("web", new HTTPAccessLogEntry(), Now));

    /// <summary>Who counts hears of what is open too; on whose budget only ext_authz says.</summary>
    [Theory]
    [InlineData(AccessLogType.DownstreamPeriodic, "yes", "ci", false)]
    [InlineData(AccessLogType.DownstreamEnd, "yes", "ci", true)]
    [InlineData(AccessLogType.DownstreamEnd, "no", null, true)]
    [InlineData(AccessLogType.DownstreamEnd, null, null, true)]
    public void TryReport_OfARequest_HasAllItsBytes(AccessLogType type, string? counted, string? agent, bool isFinal)
    {
        Struct metadata = new() { Fields = { ["agent"] = Value.ForString("ci") } };
        if (counted is not null)
        {
            metadata.Fields["counted"] = Value.ForString(counted);
        }

        HTTPAccessLogEntry entry = new()
        {
            CommonProperties = new AccessLogCommon
            {
                AccessLogType = type,
                FilterStateObjects = { ["cagent.request"] = Any.Pack(new StringValue { Value = "r-1" }) },
                Metadata = new Metadata { FilterMetadata = { ["envoy.filters.http.ext_authz"] = metadata } },
            },
            Request = new HTTPRequestProperties { RequestHeadersBytes = 1, RequestBodyBytes = 10 },
            Response = new HTTPResponseProperties { ResponseHeadersBytes = 100, ResponseBodyBytes = 1000 },
        };
        Assert.True(AccessLogMapper.TryReport(entry, out StreamReport report));
        Assert.Equal(new StreamReport("r-1", agent, isFinal, 11, 1100), report);
        entry.Request.RequestBodyBytes = ulong.MaxValue;
        Assert.True(AccessLogMapper.TryReport(entry, out report));
        Assert.Equal(long.MaxValue, report.BytesUp);
    }

    [Fact]
    public void TryReport_WithoutAnId_IsNone() => Assert.False(AccessLogMapper.TryReport(new HTTPAccessLogEntry { CommonProperties = new AccessLogCommon() }, out _));

    /// <summary>A hop whose rate limits never came answers 503 and says so by its flag alone.</summary>
    [Fact]
    public void Map_FilterWithoutConfiguration_IsADenial() => Assert.Equal("policy_unavailable", AccessLogMapper.Map(
        "web", new HTTPAccessLogEntry { CommonProperties = new AccessLogCommon { ResponseFlags = new ResponseFlags { NoFilterConfigFound = true } } }, Now)!.DeniedReason);

    [Theory]
    [InlineData(AccessLogType.DownstreamTunnelSuccessfullyEstablished)]
    [InlineData(AccessLogType.DownstreamStart)]
    [InlineData(AccessLogType.DownstreamPeriodic)]
    public void Map_EntryOnTheWay_IsLeftOut(AccessLogType type) =>
        Assert.Null(AccessLogMapper.Map("fwd", new HTTPAccessLogEntry { CommonProperties = new AccessLogCommon { AccessLogType = type } }, Now));

    [Theory]
    [InlineData("/v1/x?key=CANARY", "/v1/x")]
    [InlineData("/v1/x?", "/v1/x")]
    [InlineData("/?a=/b?c=CANARY", "/")]
    [InlineData("?key=CANARY", null)]
    [InlineData("/x#CANARY", "/x")]
    [InlineData("", null)]
    public void Map_PathWithQuery_DropsTheQuery(string path, string? expected) =>
        Assert.Equal(expected, AccessLogMapper.Map("web", new HTTPAccessLogEntry { Request = new HTTPRequestProperties { Path = path } }, Now)!.Path);

    [Theory]
    [InlineData("user:CANARY@Good.test", "good.test")]
    [InlineData("a@CANARY@good.test:443", "good.test:443")]
    [InlineData("good.test?key=CANARY", "good.test")]
    [InlineData("good.test/?x@CANARY", "good.test")]
    public void Map_AuthorityWithMore_KeepsTheHost(string authority, string expected) =>
        Assert.Equal(expected, AccessLogMapper.Map("web", new HTTPAccessLogEntry { Request = new HTTPRequestProperties { Authority = authority } }, Now)!.Host);

    [Fact]
    public void Map_EveryPlaceThatCanHoldASecret_NoneReachesTheLine()
    {
        const string Canary = "CANARY";
        HTTPRequestProperties request = new()
        {
            Path = $"/v1?api_key={Canary}",
            OriginalPath = $"/v1?x={Canary}",
            UserAgent = Canary,
            Referer = $"https://x/?{Canary}",
            ForwardedFor = Canary,
            RequestId = Canary,
            Authority = $"u:{Canary}@good.test",
        };
        request.RequestHeaders.Add("authorization", Canary);
        HTTPResponseProperties response = new();
        response.ResponseHeaders.Add("set-cookie", Canary);
        response.ResponseTrailers.Add("x", Canary);
        AccessLogCommon common = new() { UpstreamTransportFailureReason = Canary, Metadata = Authz(("injected", Canary)) };
        common.CustomTags.Add("tag", Canary);
        AddState(common, ("cagent.other", Canary));
        string line = Line(AccessLogMapper.Map("web", new HTTPAccessLogEntry { CommonProperties = common, Request = request, Response = response }, Now)!);
        Assert.DoesNotContain(Canary, line, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("fwd", "rbac_access_denied_matched_policy[none]", null, "host_not_allowed")]
    [InlineData("web", "rbac_access_denied_matched_policy[none]", null, "name_mismatch")]
    [InlineData("web", "rbac_access_denied_matched_policy[method_not_allowed]", null, "method_not_allowed")]
    [InlineData("dial", "rbac_access_denied_matched_policy[address_forbidden]", null, "address_forbidden")]
    [InlineData("web", "dns_resolution_failure{address_denied}", null, "address_forbidden")]
    [InlineData("web", "dns_resolution_failure{nxdomain}", null, null)]
    [InlineData("web", "ext_authz_denied", "path_not_allowed", "path_not_allowed")]
    [InlineData("web", "ext_authz_denied", null, "unspecified")]
    [InlineData("web", "ext_authz_error", "path_not_allowed", "policy_unavailable")]
    [InlineData("web", "local_rate_limited", null, "rate_limited")]
    [InlineData("fwd", "direct_response", null, "host_not_allowed")]
    [InlineData("gate", "http1.codec_error", null, "name_mismatch")]
    [InlineData("web", "http1.codec_error", null, null)]
    [InlineData("web", "request_payload_too_large", null, "body_too_large")]
    [InlineData("web", "via_upstream", null, null)]
    [InlineData("web", "via_upstream", "path_not_allowed", null)]
    public void Map_Details_NameTheDenial(string log, string details, string? decided, string? expected)
    {
        HTTPAccessLogEntry entry = new() { CommonProperties = new AccessLogCommon(), Response = new HTTPResponseProperties { ResponseCodeDetails = details } };
        if (decided is not null)
        {
            entry.CommonProperties.Metadata = Authz(("reason", decided));
        }
        Assert.Equal(expected, AccessLogMapper.Map(log, entry, Now)!.DeniedReason);
    }

    [Theory]
    [InlineData("redacted", "redacted", null)]
    [InlineData("failed", "failed", "response_guard_failed")]
    [InlineData("of the agent", null, null)]
    public void Map_OutcomeOfTheGuard_IsOneOfTheKnown(string said, string? expected, string? reason)
    {
        HTTPAccessLogEntry entry = new() { CommonProperties = new AccessLogCommon { Metadata = new Metadata() }, Response = new HTTPResponseProperties { ResponseCodeDetails = "via_upstream" } };
        entry.CommonProperties.Metadata.FilterMetadata.Add("cagent.guard", new Struct { Fields = { ["outcome"] = Value.ForString(said) } });

        AccessLogRecord record = AccessLogMapper.Map("web", entry, Now)!;

        Assert.Equal((expected, reason), (record.Guard, record.DeniedReason));
    }

    [Fact]
    public void Map_BrokenTimesAndState_AreLeftOut()
    {
        AccessLogCommon common = new()
        {
            StartTime = new Timestamp { Seconds = long.MaxValue, Nanos = -1 },
            Duration = new Duration { Seconds = long.MinValue },
        };
        common.FilterStateObjects.Add("cagent.agent", new Any { TypeUrl = "type.googleapis.com/google.protobuf.StringValue", Value = ByteString.CopyFrom(0xFF, 0xFF) });
        common.FilterStateObjects.Add("cagent.tunnel", new Any { TypeUrl = "other", Value = ByteString.CopyFromUtf8("x") });
        Assert.Equal(new AccessLogRecord { Time = Now, Log = "web" }, AccessLogMapper.Map("web", new HTTPAccessLogEntry { CommonProperties = common }, Now));
    }

    [Fact]
    public void Map_EveryFlag_HasAName()
    {
        ResponseFlags all = new();
        foreach (Google.Protobuf.Reflection.FieldDescriptor field in ResponseFlags.Descriptor.Fields.InDeclarationOrder())
        {
            field.Accessor.SetValue(all, field.FieldType == Google.Protobuf.Reflection.FieldType.Bool ? true : new ResponseFlags.Types.Unauthorized());
        }
        Assert.Equal(ResponseFlags.Descriptor.Fields.InDeclarationOrder().Count, ResponseFlagNames.Of(all).Distinct().Count());
    }

    [Fact]
    public void Map_AnyText_IsOneValidLineWithoutTheQuery()
    {
        Gen<char> character = Gen.OneOf(Gen.Elements('?', '#', '@', '/', '"', '\\', '\n', '\r', '\0', '\u2028', 'é'), Gen.Choose(' ', '~').Select(code => (char)code));
        Gen<string> text = Gen.ArrayOf(character).Select(characters => new string(characters));
        Prop.ForAll(text.ToArbitrary(), path =>
        {
            string line = Line(AccessLogMapper.Map("web", new HTTPAccessLogEntry { Request = new HTTPRequestProperties { Path = path + "?CANARY", Authority = path, Scheme = path } }, Now)!);
            using JsonDocument parsed = JsonDocument.Parse(line);
            return line.EndsWith('\n') && line.Count(c => c is '\n' or '\r') == 1 && !line.Contains("CANARY", StringComparison.Ordinal) && line.All(char.IsAscii);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    [Fact]
    public void Map_EndlessPath_IsCutOnACharacter()
    {
        string path = "/" + new string('a', LoggedText.MaxPath - 2) + string.Concat(Enumerable.Repeat("\U0001F600", 50_000));
        string line = Line(AccessLogMapper.Map("web", new HTTPAccessLogEntry { Request = new HTTPRequestProperties { Path = path } }, Now)!);
        using JsonDocument parsed = JsonDocument.Parse(line);
        Assert.Equal(LoggedText.MaxPath, parsed.RootElement.GetProperty("path").GetString()!.Length);
    }

    private static Metadata Authz(params (string Key, string Value)[] fields)
    {
        Struct content = new();
        foreach ((string key, string value) in fields)
        {
            content.Fields.Add(key, Google.Protobuf.WellKnownTypes.Value.ForString(value));
        }
        Metadata metadata = new();
        metadata.FilterMetadata.Add("envoy.filters.http.ext_authz", content);
        return metadata;
    }

    private static void AddState(AccessLogCommon common, params (string Key, string Value)[] state)
    {
        foreach ((string key, string value) in state)
        {
            common.FilterStateObjects.Add(key, Any.Pack(new StringValue { Value = value }));
        }
    }

    private static string Line(AccessLogRecord record)
    {
        ArrayBufferWriter<byte> output = new();
        AccessLogJson.WriteLine(record, output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
