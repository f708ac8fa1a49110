// SPDX-License-Identifier: Apache-2.0
using System.Collections.Frozen;
using System.Net.Mime;
using System.Text;
using Cagent.EnvoyApi;
using Cagent.Xds.Authorization;
using Cagent.Xds.Resources;
using Cagent.Xds.Streams;
using Envoy.Service.Discovery.V3;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace Cagent.Xds.Fetch;

/// <summary>REST xDS: <c>POST /v3/discovery:clusters</c> and so on, messages in the JSON of proto3. Thread safe.</summary>
internal sealed class RestFetch(ResourceFetch fetch, StreamScope scope)
{
    private const string Prefix = "/v3/discovery:";

    private static readonly Status NotFound = new(StatusCode.NotFound, "no such path; the paths are " + Prefix + "listeners, clusters and so on");
    private static readonly Status Unreadable = new(StatusCode.InvalidArgument, "the body is not a DiscoveryRequest in JSON");

    // The names in the google.api.http annotations of Envoy's services, underscores and hyphens as there.
    private static readonly FrozenDictionary<string, XdsType> Types = new Dictionary<string, XdsType>
    {
        ["listeners"] = XdsType.Listener,
        ["clusters"] = XdsType.Cluster,
        ["endpoints"] = XdsType.Endpoints,
        ["routes"] = XdsType.Routes,
        ["scoped-routes"] = XdsType.ScopedRoutes,
        ["secrets"] = XdsType.Secret,
        ["runtime"] = XdsType.Runtime,
        ["extension_configs"] = XdsType.ExtensionConfig,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    // A client newer than our messages says more than they hold; what it adds decides nothing here.
    private static readonly JsonParser Parser =
        new(JsonParser.Settings.Default.WithIgnoreUnknownFields(true).WithTypeRegistry(EnvoyTypes.Registry));

    private static readonly JsonFormatter Formatter =
        new(JsonFormatter.Settings.Default.WithPreserveProtoFieldNames(true).WithTypeRegistry(EnvoyTypes.Registry));

    public async Task HandleAsync(HttpContext context)
    {
        try
        {
            DiscoveryResponse? response = await AnswerAsync(context).ConfigureAwait(false);
            if (response is null)
            {
                context.Response.StatusCode = StatusCodes.Status304NotModified;
                return;
            }

            await WriteAsync(context, StatusCodes.Status200OK, response).ConfigureAwait(false);
        }
        catch (RpcException exception)
        {
            var error = new Google.Rpc.Status { Code = (int)exception.StatusCode, Message = exception.Status.Detail };
            await WriteAsync(context, HttpStatusOf(exception.StatusCode), error).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to be answered.
        }
    }

    private async Task<DiscoveryResponse?> AnswerAsync(HttpContext context)
    {
        string path = context.Request.Path.Value ?? "";
        if (!path.StartsWith(Prefix, StringComparison.Ordinal) || !Types.TryGetValue(path[Prefix.Length..], out XdsType? type))
        {
            throw new RpcException(NotFound);
        }

        if (!HttpMethods.IsPost(context.Request.Method))
        {
            context.Response.Headers.Allow = HttpMethods.Post;
            throw new RpcException(new Status(StatusCode.Unimplemented, "only POST"));
        }

        DiscoveryRequest request = Read(await ReadBodyAsync(context).ConfigureAwait(false));
        DiscoveryResponse? response = await fetch.FetchAsync(type, request, new XdsCaller(context), context.RequestAborted).ConfigureAwait(false);
        if (response is not null && FaithfulJson.FindUnknown(response) is { } unknown)
        {
            throw new RpcException(new Status(StatusCode.Unimplemented, $"the state has no JSON form here: {unknown}; ask over gRPC"));
        }

        return response;
    }

    private async Task<string> ReadBodyAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        byte[] buffer = new byte[16 * 1024];
        int read;
        while ((read = await context.Request.Body.ReadAsync(buffer, context.RequestAborted).ConfigureAwait(false)) > 0)
        {
            if (body.Length + read > scope.Options.MaxRequestBytes)
            {
                throw new RpcException(StreamStatus.RequestTooLarge);
            }

            body.Write(buffer, 0, read);
        }

        return Encoding.UTF8.GetString(body.GetBuffer(), 0, (int)body.Length);
    }

    private static DiscoveryRequest Read(string json)
    {
        try
        {
            return Parser.Parse<DiscoveryRequest>(json);
        }
        catch (Exception exception) when (exception is InvalidJsonException or InvalidProtocolBufferException or FormatException or InvalidOperationException)
        {
            throw new RpcException(Unreadable);
        }
    }

    private static async Task WriteAsync(HttpContext context, int status, IMessage message)
    {
        byte[] body = Encoding.UTF8.GetBytes(Formatter.Format(message));
        context.Response.StatusCode = status;
        context.Response.ContentType = MediaTypeNames.Application.Json;
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted).ConfigureAwait(false);
    }

    private static int HttpStatusOf(StatusCode code) => code switch
    {
        StatusCode.InvalidArgument => StatusCodes.Status400BadRequest,
        StatusCode.Unauthenticated => StatusCodes.Status401Unauthorized,
        StatusCode.PermissionDenied => StatusCodes.Status403Forbidden,
        StatusCode.NotFound => StatusCodes.Status404NotFound,
        StatusCode.ResourceExhausted => StatusCodes.Status429TooManyRequests,
        StatusCode.Unimplemented => StatusCodes.Status501NotImplemented,
        StatusCode.Unavailable => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status500InternalServerError,
    };
}
