// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Cagent.TestKit.Http;

/// <summary>Echoes each message and, with an interval above zero, sends <c>tick N</c> meanwhile.</summary>
internal static class WebSocketEndpoint
{
    private const int BufferLength = 64 * 1024;

    public static async Task ServeAsync(HttpContext context, TimeSpan interval, CancellationToken cancellationToken)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.StatusCode = StatusCodes.Status426UpgradeRequired;
            return;
        }

        using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync();
        using SemaphoreSlim sending = new(1);   // held for a whole message: a tick must not land between two fragments
        using CancellationTokenSource ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task ticks = interval > TimeSpan.Zero ? TickAsync(socket, sending, interval, ended.Token) : Task.CompletedTask;
        try
        {
            await EchoAsync(socket, sending, ended.Token);
        }
        catch (WebSocketException)
        {
            // The client left without a close frame.
        }
        finally
        {
            await ended.CancelAsync();
            await ticks;
        }
    }

    private static async Task EchoAsync(WebSocket socket, SemaphoreSlim sending, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[BufferLength];
        bool isWithinMessage = false;
        while (true)
        {
            WebSocketReceiveResult received = await socket.ReceiveAsync(buffer, cancellationToken);
            if (!isWithinMessage)
            {
                await sending.WaitAsync(cancellationToken);
            }

            if (received.MessageType == WebSocketMessageType.Close)
            {
                await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", cancellationToken);
                return;
            }

            await socket.SendAsync(buffer.AsMemory(0, received.Count), received.MessageType, received.EndOfMessage, cancellationToken);
            isWithinMessage = !received.EndOfMessage;
            if (!isWithinMessage)
            {
                sending.Release();
            }
        }
    }

    private static async Task TickAsync(WebSocket socket, SemaphoreSlim sending, TimeSpan interval, CancellationToken cancellationToken)
    {
        using PeriodicTimer timer = new(interval, TimeProvider.System);
        try
        {
            for (long number = 0; await timer.WaitForNextTickAsync(cancellationToken); number++)
            {
                await sending.WaitAsync(cancellationToken);
                try
                {
                    byte[] text = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"tick {number}"));
                    await socket.SendAsync(text, WebSocketMessageType.Text, true, cancellationToken);
                }
                finally
                {
                    sending.Release();
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException)
        {
            // The connection ended; the echo loop says so.
        }
    }
}
