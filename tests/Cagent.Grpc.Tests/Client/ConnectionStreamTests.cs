// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using Cagent.Grpc.Client.Connections;
using Cagent.Grpc.Tests.Hosting;

namespace Cagent.Grpc.Tests.Client;

public sealed class ConnectionStreamTests : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Socket _peer;
    private readonly ConnectionStream _stream;

    public ConnectionStreamTests()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(_listener.LocalEndPoint!);
        _peer = _listener.Accept();
        _stream = new ConnectionStream(socket);
    }

    public void Dispose()
    {
        _stream.Dispose();
        _peer.Dispose();
        _listener.Dispose();
    }

    [Fact]
    public async Task Watch_PeerSpeaksAndCloses_IsSeenAndTheStreamCannotBeTaken()
    {
        Task<bool> watch = _stream.WatchAsync();
        _peer.Send([1, 2, 3]);
        _peer.Shutdown(SocketShutdown.Both);

        Assert.True(await watch.WaitAsync(TestHost.Patience));
        Assert.False(await _stream.TakeAsync());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(100)]
    public async Task Take_AfterThePeerSpoke_ReadsEveryByteInOrder(int readSize)
    {
        Task<bool> watch = _stream.WatchAsync();
        byte[] early = [.. Enumerable.Range(0, 50).Select(i => (byte)i)];
        _peer.Send(early);

        Assert.True(await _stream.TakeAsync());
        Assert.False(await watch.WaitAsync(TestHost.Patience));
        _peer.Send([50, 51]);
        List<byte> read = [];
        byte[] buffer = new byte[readSize];
        while (read.Count < 52)
        {
            int count = await _stream.ReadAsync(buffer).AsTask().WaitAsync(TestHost.Patience);
            read.AddRange(buffer[..count]);
        }

        Assert.Equal(Enumerable.Range(0, 52).Select(i => (byte)i), read);
    }

    [Fact]
    public async Task Watch_PeerHasMuchToSay_EndsWithoutLosingAByte()
    {
        Task<bool> watch = _stream.WatchAsync();
        byte[] much = new byte[10_000];
        new Random(1).NextBytes(much);
        _peer.Send(much);
        Assert.False(await watch.WaitAsync(TestHost.Patience));

        Assert.True(await _stream.TakeAsync());
        byte[] read = new byte[much.Length];
        await _stream.ReadExactlyAsync(read).AsTask().WaitAsync(TestHost.Patience);

        Assert.Equal(much, read);
    }

    [Fact]
    public async Task Dispose_WhileWatched_TellsTheEndOnce()
    {
        int told = 0;
        TaskCompletionSource closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _stream.WhenClosed(_ =>
        {
            told++;
            closed.TrySetResult();
        });
        Task<bool> watch = _stream.WatchAsync();

        await _stream.DisposeAsync();
        await _stream.DisposeAsync();

        Assert.True(await watch.WaitAsync(TestHost.Patience));
        await closed.Task.WaitAsync(TestHost.Patience);
        Assert.Equal(1, told);
    }
}
