// SPDX-License-Identifier: Apache-2.0
using Cagent.Grpc.Load.Http2;
using Cagent.Grpc.Load.Runs;
using Cagent.Grpc.Load.Servers;
using Cagent.LoadClient;

namespace Cagent.Grpc.Load.Cases;

/// <summary>Echoes, one at a time on each stream, for a fixed time: each in a call of its own, or all in one bidirectional call.</summary>
internal sealed record EchoCase(string Name, bool IsUnary, int Connections, int StreamsPerConnection, int Size, TimeSpan WarmUp, TimeSpan Duration)
    : LoadCase(Name, Connections, StreamsPerConnection, Size)
{
    public override string Unit => "messages/s";

    public override bool IsRate => true;

    public override async Task<CaseResult> RunAsync(Peer peer)
    {
        EchoRun run = new(GrpcFrame.Of(new byte[Size]), IsUnary);
        string path = IsUnary ? LoadPaths.Unary : LoadPaths.Bidi;
        List<LoadConnection> connections = [];
        for (int i = 0; i < Connections; i++)
        {
            LoadConnection connection = await LoadConnection.OpenAsync(peer.Address, path, 64 * 1024, run.Fail);
            connections.Add(connection);
            for (int stream = 0; stream < StreamsPerConnection; stream++)
            {
                connection.Start(new EchoStream(run), run.Frame, IsUnary);
            }

            connection.Flush();
        }

        using ControlClient control = new(peer.Address);
        await run.WaitAsync(WarmUp);
        PeerReading before = await PeerReading.TakeAsync(peer, control);
        long count = run.Begin();
        long started = TimeProvider.System.GetTimestamp();
        await run.WaitAsync(Duration);
        count = run.Count - count;
        TimeSpan elapsed = TimeProvider.System.GetElapsedTime(started);
        PeerReading after = await PeerReading.TakeAsync(peer, control);
        connections.ForEach(connection => connection.Dispose());
        return after.Since(before, count, count / elapsed.TotalSeconds, run.Latencies);
    }

    private sealed class EchoRun(byte[] frame, bool isUnary)
    {
        private readonly TaskCompletionSource _failure = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private long _count;

        public byte[] Frame => frame;

        public bool IsUnary => isUnary;

        public Latencies Latencies { get; private set; } = new();

        public long Count => Interlocked.Read(ref _count);

        public long Begin()
        {
            Latencies = new Latencies();
            return Count;
        }

        public void Add(long started)
        {
            Latencies.Add(TimeProvider.System.GetElapsedTime(started));
            Interlocked.Increment(ref _count);
        }

        public void Fail(string reason) => _failure.TrySetException(new InvalidOperationException(reason));

        public async Task WaitAsync(TimeSpan duration) =>
            await await Task.WhenAny(_failure.Task, Task.Delay(duration, TimeProvider.System));
    }

    private sealed class EchoStream(EchoRun run) : LoadStream
    {
        private long _started = TimeProvider.System.GetTimestamp();

        public override void OnData(LoadConnection connection, int count)
        {
            if (!run.IsUnary && Received == run.Frame.Length)
            {
                Received = 0;
                Restart();
                connection.Send(this, run.Frame);
            }
        }

        public override void OnEnd(LoadConnection connection)
        {
            if (Received != run.Frame.Length)
            {
                run.Fail($"The stream ended after {Received} bytes.");
                return;
            }

            Restart();
            connection.Start(this, run.Frame, isLast: true);
        }

        private void Restart()
        {
            run.Add(_started);
            _started = TimeProvider.System.GetTimestamp();
        }
    }
}
