// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Cagent.Load.Overhead;

/// <summary>
/// The upstream of a measurement, in a process of its own: TLS with HTTP/1.1 and HTTP/2, 1 KiB at any path, <c>/bytes/N</c>, and
/// <c>/events</c>, each of which carries the moment of its sending (the clock of <see cref="Stopwatch"/> is the same in all processes).
/// </summary>
internal static class Origin
{
    private static readonly byte[] Kibibyte = [.. Enumerable.Repeat((byte)'x', 1024)];
    private static readonly byte[] Chunk = new byte[64 * 1024];

    public static async Task RunAsync(string certificate, CancellationToken cancellationToken)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        using X509Certificate2 identity = X509CertificateLoader.LoadPkcs12FromFile(certificate, null);
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(identity)));
        await using WebApplication app = builder.Build();
        app.Run(ServeAsync);
        await app.StartAsync(cancellationToken);
        string address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        Console.WriteLine($"ready {new Uri(address).Port}");
        await Console.In.ReadToEndAsync(cancellationToken); // ends with whoever started it
    }

    private static Task ServeAsync(HttpContext context) => context.Request.Path.Value switch
    {
        "/events" => EventsAsync(context),
        { } path when path.StartsWith("/bytes/", StringComparison.Ordinal) => BytesAsync(context, long.Parse(path["/bytes/".Length..], CultureInfo.InvariantCulture)),
        _ => KibibyteAsync(context),
    };

    private static Task KibibyteAsync(HttpContext context)
    {
        context.Response.ContentLength = Kibibyte.Length;
        return context.Response.Body.WriteAsync(Kibibyte, context.RequestAborted).AsTask();
    }

    private static async Task BytesAsync(HttpContext context, long count)
    {
        context.Response.ContentLength = count;
        for (long left = count; left > 0; left -= Math.Min(left, Chunk.Length))
        {
            await context.Response.Body.WriteAsync(Chunk.AsMemory(0, (int)Math.Min(left, Chunk.Length)), context.RequestAborted);
        }
    }

    private static async Task EventsAsync(HttpContext context)
    {
        context.Response.ContentType = "text/event-stream";
        using PeriodicTimer timer = new(TimeSpan.FromSeconds(1.0 / OverheadOptions.Pace), TimeProvider.System);
        try
        {
            while (await timer.WaitForNextTickAsync(context.RequestAborted))
            {
                await context.Response.WriteAsync($"data: {TimeProvider.System.GetTimestamp()}\n\n", context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
            }
        }
        catch (OperationCanceledException)
        {
            // the client has what it wanted
        }
    }
}
