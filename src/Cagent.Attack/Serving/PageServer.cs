// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Cagent.Attack.Serving;

/// <summary>Answers <c>GET</c> for one path with a text that is made anew each time; everything else gets 404. One request a connection. Thread safe but for disposal.</summary>
public sealed class PageServer : IAsyncDisposable
{
    private const int MaxHead = 8192;
    private static readonly TimeSpan RequestLimit = TimeSpan.FromSeconds(5);
    private readonly string _path;
    private readonly string _contentType;
    private readonly Func<string> _page;
    private readonly TimeProvider _time;
    private readonly Listener _listener;

    private PageServer(IPEndPoint endPoint, string path, string contentType, Func<string> page, TimeProvider time)
    {
        _path = path;
        _contentType = contentType;
        _page = page;
        _time = time;
        _listener = Listener.Start(endPoint, ServeAsync);
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint EndPoint => _listener.EndPoint;

    /// <summary>Starts; <see cref="SocketException"/> when the address is taken.</summary>
    public static PageServer Start(IPEndPoint endPoint, string path, string contentType, Func<string> page, TimeProvider? time = null) =>
        new(endPoint, path, contentType, page, time ?? TimeProvider.System);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _listener.DisposeAsync();

    private async Task ServeAsync(Socket socket, bool isTooMany, CancellationToken cancellationToken)
    {
        if (isTooMany)
        {
            return;
        }

        using CancellationTokenSource slow = new(RequestLimit, _time);
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, slow.Token);
        NetworkStream stream = new(socket);
        await using (stream.ConfigureAwait(false))
        {
            byte[] head = new byte[MaxHead];
            int length = 0;
            int read;
            while (length < MaxHead && head.AsSpan(0, length).IndexOf("\r\n\r\n"u8) < 0)
            {
                read = await stream.ReadAsync(head.AsMemory(length), limit.Token).ConfigureAwait(false);
                if (read == 0)
                {
                    return;
                }

                length += read;
            }

            string[] line = Encoding.Latin1.GetString(head, 0, length).Split("\r\n")[0].Split(' ');
            bool isKnown = line is ["GET", _, _] && line[1].Split('?')[0] == _path;
            byte[] body = Encoding.UTF8.GetBytes(isKnown ? _page() : "not found\n");
            string status = isKnown ? "200 OK" : "404 Not Found";
            string answer = $"HTTP/1.1 {status}\r\ncontent-type: {(isKnown ? _contentType : "text/plain")}\r\ncontent-length: {body.Length}\r\nconnection: close\r\n\r\n";
            await stream.WriteAsync((byte[])[.. Encoding.ASCII.GetBytes(answer), .. body], limit.Token).ConfigureAwait(false);
        }
    }
}
