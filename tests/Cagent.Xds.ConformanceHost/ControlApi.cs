// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Cagent.Xds.ConformanceHost;

/// <summary>
/// The control port: <c>POST</c> and <c>DELETE /state</c>, <c>GET /nacks</c>, <c>GET /stats</c>. Errors are 400 with one line
/// of text.
/// </summary>
internal sealed class ControlApi(XdsServer server, NodeStates states, NackLog nacks)
{
    public void Map(WebApplication app)
    {
        app.MapPost("/state", SetAsync);
        app.MapDelete("/state", Forget);
        app.MapGet("/nacks", (string? node) => Results.Json(nacks.Of(node)));
        app.MapGet("/stats", Stats);
    }

    private async Task<IResult> SetAsync(HttpRequest request)
    {
        try
        {
            StateRequest? state = await JsonSerializer.DeserializeAsync<StateRequest>(request.Body, cancellationToken: request.HttpContext.RequestAborted);
            if (string.IsNullOrEmpty(state?.Node))
            {
                return Refuse("node is missing");
            }

            states.Set(server, state.Node, state.Read());
            return Results.Ok();
        }
        catch (Exception exception) when (exception is JsonException or FormatException or ArgumentException)
        {
            return Refuse(exception.Message);
        }
    }

    private IResult Forget(string? node)
    {
        if (string.IsNullOrEmpty(node))
        {
            return Refuse("node is missing");
        }

        states.Forget(server, node);
        return Results.Ok();
    }

    private IResult Stats()
    {
        using Process process = Process.GetCurrentProcess();
        return Results.Json(new Dictionary<string, double>
        {
            ["rss_bytes"] = process.WorkingSet64,
            ["cpu_seconds"] = process.TotalProcessorTime.TotalSeconds,
            ["open_streams"] = server.OpenStreams,
        });
    }

    private static IResult Refuse(string reason) => Results.Text(reason + "\n", statusCode: (int)HttpStatusCode.BadRequest);
}
