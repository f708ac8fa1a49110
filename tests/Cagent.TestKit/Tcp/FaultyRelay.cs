// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Cagent.TestKit.Sockets;

namespace Cagent.TestKit.Tcp;

/// <summary>
/// A TCP relay on loopback that is as bad as a network can be while <see cref="IsFaulty"/>: each connection is delayed, cut into pieces and ended
/// by one of the <see cref="RelayFault"/>s after a short life. What hangs when the faults end hangs on: only its ends can find that out. Thread safe.
/// </summary>
public sealed class FaultyRelay : IAsyncDisposable
{
    private const int BufferLength = 16 * 1024;
    private static readonly RelayFault[] Kinds = Enum.GetValues<RelayFault>();
    private static readonly TimeSpan LongestLife = TimeSpan.FromMilliseconds(1500);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMilliseconds(60);
    private readonly IPEndPoint _target;
    private readonly AcceptLoop _loop;
    private readonly ConcurrentDictionary<RelayFault, int> _counts = new();

    // Guarded by itself.
    private readonly Random _random;
    private volatile bool _isFaulty;

    private FaultyRelay(int targetPort, int seed)
    {
        _target = new IPEndPoint(IPAddress.Loopback, targetPort);
        _random = new Random(seed);
        _loop = AcceptLoop.Start(new IPEndPoint(IPAddress.Loopback, 0), HostSockets.Instance, RelayAsync);
    }

    /// <summary>Where to connect instead of to the target.</summary>
    public int Port => _loop.EndPoint.Port;

    /// <summary>Connections ever accepted.</summary>
    public long Accepted => _loop.Accepted;

    /// <summary>How often each fault has happened.</summary>
    public IReadOnlyDictionary<RelayFault, int> Faults => _counts;

    /// <summary>Whether connections suffer; those that are open when it becomes true do so too.</summary>
    public bool IsFaulty
    {
        get => _isFaulty;
        set => _isFaulty = value;
    }

    /// <summary>Starts a relay without faults.</summary>
    public static FaultyRelay Start(int targetPort, int seed) => new(targetPort, seed);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _loop.DisposeAsync();

    private async Task RelayAsync(Socket client, CancellationToken stop)
    {
        using Socket server = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await server.ConnectAsync(_target, stop);
        using CancellationTokenSource toClient = CancellationTokenSource.CreateLinkedTokenSource(stop);
        using CancellationTokenSource toServer = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task pumps = Task.WhenAll(PumpAsync(client, server, toServer.Token), PumpAsync(server, client, toClient.Token));
        if (await Task.WhenAny(pumps, LiveAsync(stop)) == pumps)
        {
            await pumps;
            return;
        }

        RelayFault fault = Kinds[Next(Kinds.Length)];
        _counts.AddOrUpdate(fault, 1, static (_, count) => count + 1);
        bool isClientFirst = Next(2) == 0;
        if (fault == RelayFault.SlowClose)
        {
            // One direction goes on while the other has ended.
            await (isClientFirst ? toClient : toServer).CancelAsync();
            (isClientFirst ? client : server).Shutdown(SocketShutdown.Send);
            await Task.WhenAny(pumps, DelayAsync(LongestLife, stop));
        }

        await toClient.CancelAsync();
        await toServer.CancelAsync();
        await pumps.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await (isClientFirst ? EndAsync(fault, client, server, stop) : EndAsync(fault, server, client, stop));
    }

    private static async Task EndAsync(RelayFault fault, Socket one, Socket other, CancellationToken stop)
    {
        switch (fault)
        {
            case RelayFault.Reset:
                one.Close(timeout: 0);
                other.Close(timeout: 0);
                break;
            case RelayFault.OneEnd:
                one.Close(timeout: 0);
                await HangAsync(other, stop);
                break;
            case RelayFault.Hang:
                await Task.WhenAll(HangAsync(one, stop), HangAsync(other, stop));
                break;
        }
    }

    /// <summary>Takes what comes and gives nothing, until the end itself gives up.</summary>
    private static async Task HangAsync(Socket socket, CancellationToken stop)
    {
        byte[] buffer = new byte[BufferLength];
        while (await socket.ReceiveAsync(buffer, stop) > 0)
        {
            // Lost.
        }
    }

    private async Task PumpAsync(Socket from, Socket to, CancellationToken stop)
    {
        byte[] buffer = new byte[BufferLength];
        try
        {
            int count;
            while ((count = await from.ReceiveAsync(buffer, stop)) > 0)
            {
                int piece = count;
                if (_isFaulty && Next(4) == 0)
                {
                    await DelayAsync(LongestDelay, stop);
                    piece = 1 + Next(count);
                }

                for (int sent = 0; sent < count; sent += piece)
                {
                    await to.SendAsync(buffer.AsMemory(sent, Math.Min(piece, count - sent)), stop);
                }
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // What one end suffers the other one learns.
            from.Close(timeout: 0);
            to.Close(timeout: 0);
        }
    }

    /// <summary>Ends when the connection is to suffer its fault.</summary>
    private async Task LiveAsync(CancellationToken stop)
    {
        do
        {
            await DelayAsync(LongestLife, stop);
        }
        while (!_isFaulty);
    }

    private Task DelayAsync(TimeSpan longest, CancellationToken stop)
    {
        lock (_random)
        {
            return Task.Delay(longest * _random.NextDouble(), TimeProvider.System, stop);
        }
    }

    private int Next(int limit)
    {
        lock (_random)
        {
            return _random.Next(limit);
        }
    }
}
