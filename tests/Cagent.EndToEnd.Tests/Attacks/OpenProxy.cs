// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Cagent.EndToEnd.Tests.Attacks;

/// <summary>
/// A forward proxy that lets everything through: tunnels to one name lead to its server, all else to the canary. It dials loopback alone,
/// whatever it is asked for.
/// </summary>
internal sealed class OpenProxy : IAsyncDisposable
{
    private const int MaxHead = 256 * 1024;
    private readonly CancellationTokenSource _stop = new();
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly string _target;
    private readonly int _port;
    private readonly int _canaryPort;
    private readonly Task _loop;

    public OpenProxy(string target, int port, int canaryPort)
    {
        _target = target;
        _port = port;
        _canaryPort = canaryPort;
        _listener.Start();
        _loop = AcceptAsync();
    }

    public string Url => $"http://{_listener.LocalEndpoint}";

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _loop;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // Stopped.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        try
        {
            using (client)
            using (TcpClient upstream = new())
            {
                NetworkStream agent = client.GetStream();
                byte[] buffer = new byte[MaxHead];
                int length = 0;
                while (length < MaxHead && buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8) < 0)
                {
                    int read = await agent.ReadAsync(buffer.AsMemory(length), _stop.Token);
                    if (read == 0)
                    {
                        return;
                    }

                    length += read;
                }

                string line = Encoding.Latin1.GetString(buffer, 0, length).Split("\r\n")[0];
                bool isTunnel = line.StartsWith("CONNECT ", StringComparison.Ordinal);
                await upstream.ConnectAsync(IPAddress.Loopback, line.StartsWith($"CONNECT {_target} ", StringComparison.Ordinal) ? _port : _canaryPort, _stop.Token);
                NetworkStream server = upstream.GetStream();
                await (isTunnel ? agent : server).WriteAsync(isTunnel ? "HTTP/1.1 200 OK\r\n\r\n"u8.ToArray() : buffer.AsMemory(0, length), _stop.Token);
                await Task.WhenAny(agent.CopyToAsync(server, _stop.Token), server.CopyToAsync(agent, _stop.Token));
            }
        }
        catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // How a connection ends is the client's affair.
        }
    }
}
