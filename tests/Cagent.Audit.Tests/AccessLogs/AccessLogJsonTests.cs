// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Text;
using Cagent.Audit.AccessLogs;

namespace Cagent.Audit.Tests.AccessLogs;

public sealed class AccessLogJsonTests
{
    [Fact]
    public void WriteLine_EveryField_InAFixedOrder()
    {
        AccessLogRecord record = new()
        {
            Time = new DateTimeOffset(2026, 6, 1, 14, 0, 0, 250, TimeSpan.FromHours(2)),
            Log = "web",
            Agent = "a1",
            Tunnel = "t1",
            Connect = "api.good.test:443",
            Sni = "api.good.test",
            RequestId = "r1",
            Entry = "entry-1",
            Rule = "GET /v1/**",
            Method = "GET",
            Scheme = "https",
            Host = "api.good.test",
            Path = "/v1/\"x\"",
            Status = 403,
            Flags = ["UAEX"],
            Details = "ext_authz_denied",
            DeniedReason = "path_not_allowed",
            Guard = "redacted",
            BytesUp = 1,
            BytesDown = 2,
            Duration = TimeSpan.FromTicks(12345),
            UpstreamHost = "192.0.2.1:443",
            UpstreamCluster = "up@api.good.test:443",
        };
        const string Expected = """
            {"timestamp":"2026-06-01T12:00:00.25Z","log":"web","agent":"a1","tunnel":"t1","connect":"api.good.test:443","sni":"api.good.test","request_id":"r1","entry":"entry-1","rule":"GET /v1/**",
            "method":"GET","scheme":"https","host":"api.good.test","path":"/v1/\u0022x\u0022","response_code":403,"response_flags":"UAEX","response_code_details":"ext_authz_denied",
            "denied_reason":"path_not_allowed","response_guard":"redacted","bytes_received":1,"bytes_sent":2,"duration_ms":1.234,"upstream_host":"192.0.2.1:443","upstream_cluster":"up@api.good.test:443"}
            """;
        Assert.Equal(Expected.ReplaceLineEndings("") + "\n", Line(record));
    }

    [Fact]
    public void WriteLine_NothingKnown_LeavesTheRestOut() => Assert.Equal(
        """{"timestamp":"1970-01-01T00:00:00Z","log":"gate","bytes_received":0,"bytes_sent":0,"duration_ms":0}""" + "\n",
        Line(new AccessLogRecord { Time = DateTimeOffset.UnixEpoch, Log = "gate" }));

    private static string Line(AccessLogRecord record)
    {
        ArrayBufferWriter<byte> output = new();
        AccessLogJson.WriteLine(record, output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
