// SPDX-License-Identifier: Apache-2.0
using Cagent.Grpc.Load.Cases;
using Cagent.Grpc.Load.Http2;
using Cagent.Grpc.Load.Runs;
using Cagent.Grpc.Load.Servers;
using Cagent.LoadClient;

namespace Cagent.Grpc.Load.Checks;

/// <summary>Questions about all entries in random order, so many at once, for a fixed time.</summary>
internal sealed record CheckCase(int Entries, int Connections, int StreamsPerConnection, CheckQuestion[] Questions, int AnswerLength, TimeSpan WarmUp, TimeSpan Duration)
    : LoadCase($"check-{Entries}-{Connections * StreamsPerConnection}", Connections, StreamsPerConnection, Questions[0].Frame.Length)
{
    public override string Unit => "checks/s";

    public override bool IsRate => true;

    public override async Task<CaseResult> RunAsync(Peer peer)
    {
        Tally tally = new();
        List<LoadConnection> connections = [];
        try
        {
            for (int i = 0; i < Connections; i++)
            {
                RequestHead head = new(LoadPaths.Check, "cagent", CheckQuestion.Constant);
                LoadConnection connection = await LoadConnection.OpenAsync(peer.Address, head, 64 * 1024, tally.Fail);
                connections.Add(connection);
                for (int stream = 0; stream < StreamsPerConnection; stream++)
                {
                    new CheckStream(this, tally, (uint)((i * StreamsPerConnection) + stream + 1)).Ask(connection);
                }

                connection.Flush();
            }

            return await MeasureAsync(peer, tally);
        }
        finally
        {
            connections.ForEach(connection => connection.Dispose());
        }
    }

    private async Task<CaseResult> MeasureAsync(Peer peer, Tally tally)
    {
        using ControlClient control = new(peer.Address);
        await tally.WaitAsync(WarmUp);
        PeerReading before = await PeerReading.TakeAsync(peer, control);
        long count = tally.Begin();
        long started = TimeProvider.System.GetTimestamp();
        await tally.WaitAsync(Duration);
        count = tally.Count - count;
        TimeSpan elapsed = TimeProvider.System.GetElapsedTime(started);
        PeerReading after = await PeerReading.TakeAsync(peer, control);
        return after.Since(before, count, count / elapsed.TotalSeconds, tally.Latencies);
    }

    private sealed class Tally
    {
        private readonly TaskCompletionSource _failure = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private long _count;

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

        public async Task WaitAsync(TimeSpan duration) => await await Task.WhenAny(_failure.Task, Task.Delay(duration, TimeProvider.System));
    }

    private sealed class CheckStream(CheckCase test, Tally tally, uint seed) : LoadStream
    {
        private uint _random = seed * 2_654_435_761;
        private long _started;

        public void Ask(LoadConnection connection)
        {
            // A linear congruence (Numerical Recipes); its upper bits choose.
            _random = (_random * 1_664_525) + 1_013_904_223;
            CheckQuestion question = test.Questions[(int)((ulong)_random * (ulong)test.Questions.Length >> 32)];
            _started = TimeProvider.System.GetTimestamp();
            connection.Start(this, question.Literals, question.Frame, isLast: true);
        }

        public override void OnEnd(LoadConnection connection)
        {
            if (Received != test.AnswerLength)
            {
                tally.Fail($"An answer of {Received} bytes in place of {test.AnswerLength}.");
                return;
            }

            tally.Add(_started);
            Ask(connection);
        }
    }
}
