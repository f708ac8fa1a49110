// SPDX-License-Identifier: Apache-2.0
using Cagent.Grpc.Server;
using Cagent.TestKit.Logging;
using Cagent.TestKit.Time;

namespace Cagent.Grpc.Tests.Server;

public sealed class WriteWatchTests : IDisposable
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(30);

    private readonly ManualTime _time = new();
    private readonly GrpcServerMetrics _metrics = new(TimeProvider.System);
    private readonly RecordingLogger _logs = new();
    private readonly Owner _owner = new();
    private readonly WriteWatch _watch;

    public WriteWatchTests() => _watch = new WriteWatch(
        new CallEnvironment(_time, _logs, _metrics, 1, s_timeout, CompressResponses: false, new OpenStreams(_time, _logs)), _owner);

    public void Dispose()
    {
        _watch.Dispose();
        _metrics.Dispose();
    }

    [Fact]
    public void Flush_PastTheTimeout_IsReportedOnce()
    {
        _watch.Begin();
        _time.Advance(s_timeout - TimeSpan.FromTicks(1));
        Assert.Equal(0, _owner.Timeouts);

        _time.Advance(s_timeout * 10);
        _time.Advance(s_timeout * 10);

        Assert.Equal(1, _owner.Timeouts);
    }

    [Fact]
    public void Stream_IdleForLongerThanTheTimeout_IsLeftAlone()
    {
        _watch.Begin();
        _watch.End();

        _time.Advance(s_timeout * 100);

        Assert.Equal(0, _owner.Timeouts);
    }

    [Fact]
    public void Flushes_ManyThatMakeProgress_ShareOneTimerAndNeverTimeOut()
    {
        for (int i = 0; i < 100; i++)
        {
            _watch.Begin();
            _time.Advance(s_timeout * 0.9);
            _watch.End();
        }

        Assert.Equal(0, _owner.Timeouts);
        Assert.Equal(1, _time.TimersMade);
    }

    [Fact]
    public void Flush_LaterThatHangs_IsMeasuredFromItsOwnStart()
    {
        _watch.Begin();
        _time.Advance(s_timeout * 0.9);
        _watch.End();
        _watch.Begin();

        _time.Advance(s_timeout * 0.9);
        Assert.Equal(0, _owner.Timeouts);
        _time.Advance(s_timeout * 0.2);

        Assert.Equal(1, _owner.Timeouts);
    }

    [Fact]
    public void Dispose_DuringAFlush_SilencesTheTimer()
    {
        _watch.Begin();
        _watch.Dispose();

        _time.Advance(s_timeout * 2);

        Assert.Equal(0, _owner.Timeouts);
    }

    private sealed class Owner : IResponseOwner
    {
        public int Timeouts { get; private set; }

        public void OnWriteTimeout() => Timeouts++;

        public void Reset(int errorCode) => throw new NotSupportedException();

        public OperationCanceledException StreamIsGone(Exception? cause) => throw new NotSupportedException();

        public Exception WriteAfterEnd() => throw new NotSupportedException();
    }
}
