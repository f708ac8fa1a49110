// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Cagent.Grpc.Load.Http2;
using Cagent.Grpc.Load.Servers;
using Cagent.LoadClient;

namespace Cagent.Grpc.Load.Cases;

/// <summary>Subscribed streams, each of which has got its first answer.</summary>
internal sealed class FanOutClients : IAsyncDisposable
{
    private readonly List<LoadConnection> _connections = [];
    private readonly int _streams;
    private long _expected;
    private volatile Countdown _countdown;

    private FanOutClients(int streams)
    {
        _streams = streams;
        _countdown = new Countdown(streams);
        _expected = GrpcFrame.HeaderSize;
    }

    public static async Task<FanOutClients> OpenAsync(IPEndPoint peer, int connections, int streamsPerConnection)
    {
        FanOutClients clients = new(connections * streamsPerConnection);
        for (int i = 0; i < connections; i++)
        {
            LoadConnection connection = await LoadConnection.OpenAsync(
                peer, LoadPaths.Subscribe, 32 * 1024, reason => clients._countdown.Fail(reason));
            clients._connections.Add(connection);
            for (int stream = 0; stream < streamsPerConnection; stream++)
            {
                connection.Start(new Subscription(clients), GrpcFrame.Of([]), isLast: true);
            }

            connection.Flush();
        }

        await clients._countdown.Done;
        return clients;
    }

    public async Task<TimeSpan> PushAsync(ControlClient control, int size)
    {
        _countdown = new Countdown(_streams);
        Interlocked.Add(ref _expected, GrpcFrame.HeaderSize + size);
        long started = TimeProvider.System.GetTimestamp();
        Task order = control.PushAsync(size);
        await _countdown.Done;
        TimeSpan elapsed = TimeProvider.System.GetElapsedTime(started);
        await order;
        return elapsed;
    }

    public ValueTask DisposeAsync()
    {
        _connections.ForEach(connection => connection.Dispose());
        return ValueTask.CompletedTask;
    }

    private sealed class Subscription(FanOutClients clients) : LoadStream
    {
        public override void OnData(LoadConnection connection, int count)
        {
            if (Received == Interlocked.Read(ref clients._expected))
            {
                clients._countdown.Signal();
            }
        }

        public override void OnEnd(LoadConnection connection) => clients._countdown.Fail("A subscription ended.");
    }
}
