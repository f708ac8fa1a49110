// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Cagent.TestKit.Http;

/// <summary>Answers that are long or never end.</summary>
internal static class StreamEndpoints
{
    /// <summary><paramref name="length"/> bytes of <see cref="Pattern"/>, no faster than the client takes them.</summary>
    public static async Task SendBytesAsync(HttpContext context, long length, CancellationToken cancellationToken)
    {
        context.Response.ContentType = "application/octet-stream";
        context.Response.ContentLength = length;
        for (long sent = 0; sent < length; sent += Pattern.BlockLength)
        {
            int count = (int)Math.Min(Pattern.BlockLength, length - sent);
            await context.Response.BodyWriter.WriteAsync(Pattern.Block[..count], cancellationToken);
        }
    }

    /// <summary>Server-sent events, numbered from 0, the first at once.</summary>
    public static async Task SendEventsAsync(HttpContext context, TimeSpan interval, CancellationToken cancellationToken)
    {
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        context.Features.GetRequiredFeature<IHttpResponseBodyFeature>().DisableBuffering();
        using PeriodicTimer timer = new(interval, TimeProvider.System);
        long number = 0;
        do
        {
            string text = string.Create(CultureInfo.InvariantCulture, $"id: {number}\ndata: event {number}\n\n");
            await context.Response.BodyWriter.WriteAsync(Encoding.ASCII.GetBytes(text), cancellationToken);
            number++;
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }
}
