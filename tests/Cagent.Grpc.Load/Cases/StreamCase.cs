// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using Cagent.Grpc.Load.Http2;
using Cagent.Grpc.Load.Runs;
using Cagent.Grpc.Load.Servers;
using Cagent.LoadClient;

namespace Cagent.Grpc.Load.Cases;

/// <summary>Server streaming: each stream asks for a number of messages and takes them as fast as they come.</summary>
internal sealed record StreamCase(string Name, int Connections, int StreamsPerConnection, int Size, int Messages)
    : LoadCase(Name, Connections, StreamsPerConnection, Size)
{
    public override string Unit => "messages/s";

    public override bool IsRate => true;

    public override async Task<CaseResult> RunAsync(Peer peer)
    {
        byte[] request = new byte[8];
        BinaryPrimitives.WriteInt32BigEndian(request, Messages);
        BinaryPrimitives.WriteInt32BigEndian(request.AsSpan(4), Size);
        byte[] frame = GrpcFrame.Of(request);
        Countdown countdown = new(Streams);
        List<LoadConnection> connections = [];
        for (int i = 0; i < Connections; i++)
        {
            connections.Add(await LoadConnection.OpenAsync(peer.Address, LoadPaths.ServerStream, 64 * 1024, countdown.Fail));
        }

        using ControlClient control = new(peer.Address);
        PeerReading before = await PeerReading.TakeAsync(peer, control);
        long started = TimeProvider.System.GetTimestamp();
        foreach (LoadConnection connection in connections)
        {
            for (int stream = 0; stream < StreamsPerConnection; stream++)
            {
                connection.Start(new CountingStream(countdown, (long)Messages * (GrpcFrame.HeaderSize + Size)), frame, isLast: true);
            }

            connection.Flush();
        }

        await countdown.Done;
        TimeSpan elapsed = TimeProvider.System.GetElapsedTime(started);
        PeerReading after = await PeerReading.TakeAsync(peer, control);
        connections.ForEach(connection => connection.Dispose());
        long messages = (long)Streams * Messages;
        return after.Since(before, messages, messages / elapsed.TotalSeconds, new Latencies());
    }

    private sealed class CountingStream(Countdown countdown, long expected) : LoadStream
    {
        public override void OnEnd(LoadConnection connection)
        {
            if (Received != expected)
            {
                countdown.Fail($"The stream ended after {Received} of {expected} bytes.");
            }

            countdown.Signal();
        }
    }
}
