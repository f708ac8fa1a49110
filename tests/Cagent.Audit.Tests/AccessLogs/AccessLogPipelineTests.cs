// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Cagent.Audit.AccessLogs;
using Cagent.Audit.Tests.Support;
using Cagent.TestKit.Files;
using Cagent.TestKit.Logging;
using Cagent.TestKit.Time;
using Cagent.TestKit.Waiting;
using Envoy.Data.Accesslog.V3;
using Envoy.Service.Accesslog.V3;

namespace Cagent.Audit.Tests.AccessLogs;

public sealed class AccessLogPipelineTests : IAsyncDisposable
{
    private readonly TemporaryFolder _state = new();
    private readonly ManualTime _time = new();
    private readonly MetricsProbe _probe = new();
    private readonly RecordingLogger<AccessLogWriter> _log = new();
    private readonly AccessLogQueue _queue;
    private readonly AccessLogIntake _intake;
    private readonly AccessLogWriter _writer;

    public AccessLogPipelineTests()
    {
        AuditOptions options = new() { StateFolder = _state.Path, QueueCapacity = 100 };
        _queue = new AccessLogQueue(options.QueueCapacity, _probe.Metrics);
        _intake = new AccessLogIntake(_queue, _probe.Metrics, _time, [], []);
        _writer = new AccessLogWriter(options, _queue, _probe.Metrics, _time, _log);
    }

    private string FilePath => _state.Combine("logs/access.log");

    public async ValueTask DisposeAsync()
    {
        await _writer.StopAsync(CancellationToken.None);
        _writer.Dispose();
        _probe.Dispose();
        _state.Dispose();
    }

    [Fact]
    public async Task Accept_Batch_ReachesTheFileInOrderWithoutQueries()
    {
        await _writer.StartAsync(CancellationToken.None);
        _intake.Accept("web", Requests(Enumerable.Range(0, 50).Select(i => $"/p{i}?api_key=CANARY")));
        await Eventually.TrueAsync(() => Lines().Length == 50, "all lines are written");
        Assert.Equal(Enumerable.Range(0, 50).Select(i => $"/p{i}"), Lines().Select(Path));
        Assert.DoesNotContain("CANARY", File.ReadAllText(FilePath), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stop_WithEntriesWaiting_WritesThem()
    {
        await _writer.StartAsync(CancellationToken.None);
        _intake.Accept("web", Requests(Enumerable.Range(0, 100).Select(i => $"/p{i}")));
        await _writer.StopAsync(CancellationToken.None);
        Assert.Equal(100, Lines().Length);
    }

    [Fact]
    public async Task Accept_MoreThanTheQueueHolds_DropsTheOldestAndCounts()
    {
        _intake.Accept("web", Requests(Enumerable.Range(0, 130).Select(i => $"/p{i}")));
        Assert.Equal(30, _queue.Dropped);
        Assert.Equal(30, _probe.Measured.Count(text => text == "cagent.access.dropped{cause=queue_full}=1"));
        Assert.Equal(130, _probe.Measured.Count(text => text.StartsWith("cagent.access.requests{", StringComparison.Ordinal)));
        await _writer.StartAsync(CancellationToken.None);
        await Eventually.TrueAsync(() => Lines().Length == 100, "the rest is written");
        Assert.Equal("/p30", Path(Lines()[0]));
        await Eventually.TrueAsync(() => _log.CountOf(1501) == 1, "the drops are reported");
    }

    [Fact]
    public async Task Write_DiskFails_CountsReportsOnceAndRecovers()
    {
        File.WriteAllText(_state.Combine("logs"), "in the way");
        await _writer.StartAsync(CancellationToken.None);
        for (int i = 0; i < 5; i++)
        {
            _intake.Accept("web", Requests(["/lost"]));
            await Eventually.TrueAsync(() => Lost() == i + 1, "the entry is counted as lost");
        }
        File.Delete(_state.Combine("logs"));
        _intake.Accept("web", Requests(["/kept"]));
        await Eventually.TrueAsync(() => Lines().Length == 1, "it works again");
        await Eventually.TrueAsync(() => _log.CountOf(1503) == 1, "the recovery is reported");
        Assert.Equal(1, _log.CountOf(1502));
        Assert.Contains("Count=5", _log.Everything, StringComparison.Ordinal);
    }

    [Fact]
    public void Accept_TextOfAnAgent_IsNoTag()
    {
        StreamAccessLogsMessage message = Requests(["/CANARY"]);
        message.HttpLogs.LogEntry[0].Request.Authority = "canary.test";
        message.HttpLogs.LogEntry[0].CommonProperties = new AccessLogCommon { UpstreamCluster = "CANARY", Metadata = new Envoy.Config.Core.V3.Metadata() };
        Google.Protobuf.WellKnownTypes.Struct decided = new();
        decided.Fields.Add("reason", Google.Protobuf.WellKnownTypes.Value.ForString("CANARY"));
        message.HttpLogs.LogEntry[0].CommonProperties.Metadata.FilterMetadata.Add("envoy.filters.http.ext_authz", decided);
        message.HttpLogs.LogEntry[0].Response = new HTTPResponseProperties { ResponseCode = 403, ResponseCodeDetails = "ext_authz_denied", ResponseBodyBytes = 7 };
        _intake.Accept("CANARY", message);
        Assert.Equal(
            ["cagent.access.requests{denied_reason=other,log=other,status_class=4xx}=1", "cagent.access.bytes{direction=up,log=other}=0", "cagent.access.bytes{direction=down,log=other}=7", "cagent.access.duration{log=other}=0"],
            _probe.Measured.Select(SortTags));
    }

    [Fact]
    public async Task StreamAccessLogs_NameOnTheFirstMessageOnly_HoldsForTheStream()
    {
        StreamAccessLogsMessage first = Requests(["/1"]);
        first.Identifier = new StreamAccessLogsMessage.Types.Identifier { LogName = "fwd" };
        StreamAccessLogsMessage connections = new() { TcpLogs = new StreamAccessLogsMessage.Types.TCPAccessLogEntries() };
        connections.TcpLogs.LogEntry.Add(new TCPAccessLogEntry());
        AccessLogStreams streams = new(_intake, new RecordingLogger<AccessLogStreams>());
        await streams.StreamAccessLogs(new Messages(first, Requests(["/2"]), connections), new CallContext());
        await _writer.StartAsync(CancellationToken.None);
        await Eventually.TrueAsync(() => Lines().Length == 3, "all are written");
        Assert.All(Lines(), line => Assert.Contains("\"log\":\"fwd\"", line, StringComparison.Ordinal));
    }

    private static StreamAccessLogsMessage Requests(IEnumerable<string> paths)
    {
        StreamAccessLogsMessage message = new() { HttpLogs = new StreamAccessLogsMessage.Types.HTTPAccessLogEntries() };
        message.HttpLogs.LogEntry.AddRange(paths.Select(path => new HTTPAccessLogEntry { Request = new HTTPRequestProperties { Path = path } }));
        return message;
    }

    private string[] Lines() => File.Exists(FilePath) ? File.ReadAllText(FilePath).Split('\n')[..^1] : [];

    private int Lost() => _probe.Measured.Count(text => text == "cagent.access.dropped{cause=write_failed}=1");

    private static string? Path(string line)
    {
        using JsonDocument parsed = JsonDocument.Parse(line);
        return parsed.RootElement.GetProperty("path").GetString();
    }

    private static string SortTags(string text)
    {
        int open = text.IndexOf('{', StringComparison.Ordinal);
        int close = text.IndexOf('}', StringComparison.Ordinal);
        return $"{text[..open]}{{{string.Join(',', text[(open + 1)..close].Split(',').Order(StringComparer.Ordinal))}{text[close..]}";
    }
}
