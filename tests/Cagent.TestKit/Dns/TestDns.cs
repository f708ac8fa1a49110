// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Cagent.TestKit.Sockets;
using Cagent.TestKit.Tcp;
using Cagent.TestKit.Waiting;

namespace Cagent.TestKit.Dns;

/// <summary>
/// An authoritative DNS server on UDP and TCP, at one free port. Names it does not know are NXDOMAIN.
/// Records change at run time. Every query is logged (the newest 20 000). Thread safe.
/// </summary>
public sealed class TestDns : IAsyncDisposable
{
    private const int MaxLog = 20_000;
    private const int MaxMessage = 65_535;
    private const int PortAttempts = 20;
    private readonly DnsZone _zone = new();
    private readonly BoundedLog<DnsQueryEntry> _log = new(MaxLog);
    private readonly CancellationTokenSource _stop = new();
    private readonly Socket _udp;
    private readonly AcceptLoop _tcp;
    private readonly Task _udpLoop;
    private volatile bool _isSilent;

    private TestDns(Socket udp, Socket tcp)
    {
        _udp = udp;
        EndPoint = (IPEndPoint)udp.LocalEndPoint!;
        _tcp = new AcceptLoop(tcp, ServeTcpAsync);
        _udpLoop = ServeUdpAsync();
    }

    /// <summary>Where the server listens, UDP and TCP.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>True: no query gets an answer, whatever its name. They are still logged.</summary>
    public bool IsSilent
    {
        get => _isSilent;
        set => _isSilent = value;
    }

    /// <summary>The logged queries, oldest first.</summary>
    public IReadOnlyList<DnsQueryEntry> Queries => _log.Snapshot();

    /// <summary>Queries ever read.</summary>
    public long QueryCount => _log.Total;

    /// <summary>Starts a server on a free port of <paramref name="address"/> (default 127.0.0.1).</summary>
    public static TestDns Start(IPAddress? address = null, ISocketFactory? sockets = null)
    {
        IPAddress at = address ?? IPAddress.Loopback;
        ISocketFactory factory = sockets ?? HostSockets.Instance;
        for (int attempt = 1; ; attempt++)
        {
            Socket udp = factory.Create(at.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            udp.Bind(new IPEndPoint(at, 0));
            try
            {
                return new TestDns(udp, factory.BindTcp((IPEndPoint)udp.LocalEndPoint!));
            }
            catch (SocketException) when (attempt < PortAttempts)
            {
                // The port is free for UDP but taken for TCP: take another.
                udp.Dispose();
            }
        }
    }

    /// <summary>Sets the addresses of a name or, as <c>*.example.com</c>, of all names below one. Replaces what was there.</summary>
    public void Set(string name, params IPAddress[] addresses) => Set(name, DnsAnswer.Of(addresses));

    /// <summary>Sets the answer for a name or wildcard.</summary>
    public void Set(string name, DnsAnswer answer) => _zone.Set(name, _ => answer);

    /// <summary>Lets a function answer each query anew; it may be called by several threads at once.</summary>
    public void Set(string name, Func<DnsQuery, DnsAnswer> answer) => _zone.Set(name, answer);

    /// <summary>Forgets a name or wildcard.</summary>
    public void Remove(string name) => _zone.Remove(name);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _udp.Dispose();
        await _udpLoop;
        await _tcp.DisposeAsync();
        _stop.Dispose();
    }

    private byte[]? Respond(ReadOnlySpan<byte> message, bool isTcp)
    {
        if (!DnsQueryParser.TryParse(message, out DnsQuery? query))
        {
            return null;
        }

        _log.Add(new DnsQueryEntry(query.Name, query.Type, isTcp, TimeProvider.System.GetUtcNow()));
        DnsAnswer answer = _isSilent ? DnsAnswer.Silence : _zone.Answer(query);
        return answer.IsSilent ? null : DnsResponseWriter.Write(query, answer, isTcp ? MaxMessage : query.UdpSize);
    }

    private async Task ServeUdpAsync()
    {
        byte[] buffer = new byte[MaxMessage];
        EndPoint anyone = new IPEndPoint(EndPoint.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                SocketReceiveFromResult received = await _udp.ReceiveFromAsync(buffer, anyone, _stop.Token);
                if (Respond(buffer.AsSpan(0, received.ReceivedBytes), isTcp: false) is { } response)
                {
                    await _udp.SendToAsync(response, received.RemoteEndPoint, _stop.Token);
                }
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                // An earlier client closed its port before the answer came.
            }
        }
    }

    private async Task ServeTcpAsync(Socket socket, CancellationToken cancellationToken)
    {
        await using NetworkStream stream = new(socket);
        byte[] buffer = new byte[MaxMessage];
        while (await stream.ReadAtLeastAsync(buffer.AsMemory(0, 2), 2, throwOnEndOfStream: false, cancellationToken) == 2)
        {
            int length = BinaryPrimitives.ReadUInt16BigEndian(buffer);
            await stream.ReadExactlyAsync(buffer.AsMemory(0, length), cancellationToken);
            if (Respond(buffer.AsSpan(0, length), isTcp: true) is { } response)
            {
                byte[] framed = new byte[response.Length + 2];
                BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)response.Length);
                response.CopyTo(framed, 2);
                await stream.WriteAsync(framed, cancellationToken);
            }
        }
    }
}
