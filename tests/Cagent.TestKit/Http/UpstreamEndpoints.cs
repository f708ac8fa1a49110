// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace Cagent.TestKit.Http;

/// <summary>The built-in endpoints. A path that names none of them is an echo.</summary>
internal sealed class UpstreamEndpoints(CancellationToken stopping)
{
    private const int DefaultInterval = 100;

    public async Task ServeAsync(HttpContext context, RecordedRequest request)
    {
        using CancellationTokenSource ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        try
        {
            await RouteAsync(context, request, ended.Token);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            context.Abort();
        }
    }

    private static Task RouteAsync(HttpContext context, RecordedRequest request, CancellationToken cancellationToken)
    {
        string[] parts = request.Path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return (parts.FirstOrDefault(), parts.Length) switch
        {
            ("bytes", 2) => StreamEndpoints.SendBytesAsync(context, long.Parse(parts[1], CultureInfo.InvariantCulture), cancellationToken),
            ("sse", 1) => StreamEndpoints.SendEventsAsync(context, Interval(context, "interval", DefaultInterval), cancellationToken),
            ("ws", 1) => WebSocketEndpoint.ServeAsync(context, Interval(context, "interval", 0), cancellationToken),
            ("slow", 1) => SlowAsync(context, request, cancellationToken),
            ("status", 2) => StatusAsync(context, request, int.Parse(parts[1], CultureInfo.InvariantCulture), cancellationToken),
            ("redirect", 1) => RedirectAsync(context),
            ("reset", 1) => ResetAsync(context),
            ("upload", 1) => UploadAsync(context, request, cancellationToken),
            ("echo-headers", 1) => EchoHeadersAsync(context, request, cancellationToken),
            ("set-warning", 1) => ForgeWarningAsync(context, request, cancellationToken),
            ("set-denied", 1) => ForgeDenialAsync(context, request, cancellationToken),
            _ => EchoAsync(context, request, cancellationToken),
        };
    }

    private static TimeSpan Interval(HttpContext context, string name, int otherwise) =>
        TimeSpan.FromMilliseconds(int.TryParse(context.Request.Query[name], CultureInfo.InvariantCulture, out int value) ? value : otherwise);

    private static async Task SlowAsync(HttpContext context, RecordedRequest request, CancellationToken cancellationToken)
    {
        await Task.Delay(Interval(context, "ms", DefaultInterval), TimeProvider.System, cancellationToken);
        await EchoAsync(context, request, cancellationToken);
    }

    private static async Task StatusAsync(HttpContext context, RecordedRequest request, int status, CancellationToken cancellationToken)
    {
        context.Response.StatusCode = status;
        bool mayHaveBody = status is >= 200 and not 204 and not 205 and not 304;
        await (mayHaveBody ? EchoAsync(context, request, cancellationToken) : RequestRecorder.ReadBodyAsync(context, request, cancellationToken));
    }

    private static Task RedirectAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status302Found;
        context.Response.Headers.Location = context.Request.Query["to"].ToString();
        return Task.CompletedTask;
    }

    // HTTP/1.1: a TCP reset rather than a FIN. HTTP/2: a reset of this stream only.
    private static Task ResetAsync(HttpContext context)
    {
        if (context.Request.Protocol == "HTTP/1.1" && context.Features.Get<IConnectionSocketFeature>() is { } connection)
        {
            connection.Socket.LingerState = new LingerOption(true, 0);
        }

        context.Abort();
        return Task.CompletedTask;
    }

    private static async Task UploadAsync(HttpContext context, RecordedRequest request, CancellationToken cancellationToken)
    {
        await RequestRecorder.ReadBodyAsync(context, request, cancellationToken);
        await context.Response.WriteAsync(request.BodyLength.ToString(CultureInfo.InvariantCulture), cancellationToken);
    }

    private static async Task EchoHeadersAsync(HttpContext context, RecordedRequest request, CancellationToken cancellationToken)
    {
        foreach ((string name, ImmutableArray<string> values) in request.Headers)
        {
            context.Response.Headers["x-echo-" + name.TrimStart(':')] = values.ToArray();
        }

        await EchoAsync(context, request, cancellationToken);
    }

    // What only the proxy may set: a test sees whether it arrives.
    private static async Task ForgeDenialAsync(HttpContext context, RecordedRequest request, CancellationToken cancellationToken)
    {
        context.Response.Headers["x-cagent-denied"] = "forged";
        context.Response.Headers["x-cagent-id"] = "forged";
        await EchoAsync(context, request, cancellationToken);
    }

    private static async Task ForgeWarningAsync(HttpContext context, RecordedRequest request, CancellationToken cancellationToken)
    {
        context.Response.Headers["x-cagent-budget-warning"] = "forged";
        await EchoAsync(context, request, cancellationToken);
    }

    private static async Task EchoAsync(HttpContext context, RecordedRequest request, CancellationToken cancellationToken)
    {
        await RequestRecorder.ReadBodyAsync(context, request, cancellationToken);
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(RequestEcho.From(context, request), JsonSerializerOptions.Web);
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(request.Method))
        {
            await context.Response.Body.WriteAsync(body, cancellationToken);
        }
    }
}
