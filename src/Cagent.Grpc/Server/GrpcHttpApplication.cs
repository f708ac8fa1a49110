// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Globalization;
using System.Text;
using Cagent.Grpc.Web;
using Cagent.Grpc.Wire;
using Grpc.Core;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Cagent.Grpc.Server;

/// <summary>
/// What Kestrel calls for each request. It works on features: routing and HttpContext would cost up to a quarter of a unary call.
/// </summary>
internal sealed class GrpcHttpApplication(CallEnvironment environment) : IHttpApplication<IFeatureCollection>
{
    public IFeatureCollection CreateContext(IFeatureCollection contextFeatures) => contextFeatures;

    public void DisposeContext(IFeatureCollection context, Exception? exception)
    {
    }

    public Task ProcessRequestAsync(IFeatureCollection context)
    {
        // Only endpoints of this server lead here, and each connection carries its endpoint's router.
        EndpointFeature endpoint = context.GetRequiredFeature<EndpointFeature>();
        IHttpRequestFeature request = context.GetRequiredFeature<IHttpRequestFeature>();
        if (endpoint.Web is not null && !endpoint.Web.TryAdmit(request, context.GetRequiredFeature<IHttpResponseFeature>()))
        {
            return Refuse(context, StatusCodes.Status403Forbidden, "Pages of this origin may not call.\n");
        }

        if (!HttpMethods.IsPost(request.Method))
        {
            return AnswerOtherMethodAsync(context, request, endpoint.Web);
        }

        string contentType = request.Headers.ContentType.ToString();
        if (!GrpcContentType.IsGrpc(contentType))
        {
            return endpoint.Web is not null && WebFormat.Find(contentType) is { } format
                ? ProcessWebAsync(context, endpoint.Router.Find(request.Path), format)
                : Refuse(context, StatusCodes.Status415UnsupportedMediaType, "gRPC calls use the content type application/grpc.\n");
        }

        if (!HttpProtocol.IsHttp2(request.Protocol))
        {
            return Refuse(context, StatusCodes.Status426UpgradeRequired, "gRPC calls use HTTP/2.\n");
        }

        MethodHandler? handler = endpoint.Router.Find(request.Path);
        return handler is null ? AnswerUnknownAsync(context) : new GrpcCall(context, request, handler, environment).RunAsync();
    }

    private static Task AnswerOtherMethodAsync(IFeatureCollection context, IHttpRequestFeature request, CorsPolicy? web)
    {
        IHttpResponseFeature response = context.GetRequiredFeature<IHttpResponseFeature>();
        if (web is not null && CorsPolicy.IsPreflight(request))
        {
            web.AnswerPreflight(request, response);
            return Task.CompletedTask;
        }

        response.Headers.Allow = HttpMethods.Post;
        return Refuse(context, StatusCodes.Status405MethodNotAllowed, "gRPC calls use POST.\n");
    }

    private Task ProcessWebAsync(IFeatureCollection context, MethodHandler? handler, WebFormat format)
    {
        WebCall.Prepare(context.GetRequiredFeature<IHttpResponseFeature>(), format);
        return handler switch
        {
            null => AnswerUnknownAsync(context),
            { IsClientStreaming: true } => AnswerAsync(context, ServerStatuses.NoWebClientStreaming),
            _ => WebCall.RunAsync(context, handler, environment, format),
        };
    }

    private Task AnswerUnknownAsync(IFeatureCollection context)
    {
        environment.Metrics.Refused(ServerStatuses.UnknownMethod.StatusCode);
        return AnswerAsync(context, ServerStatuses.UnknownMethod);
    }

    private static Task AnswerAsync(IFeatureCollection context, Status status)
    {
        IHeaderDictionary headers = context.GetRequiredFeature<IHttpResponseFeature>().Headers;
        headers.ContentType = GrpcContentType.Response;
        headers["grpc-status"] = ((int)status.StatusCode).ToString(CultureInfo.InvariantCulture);
        headers["grpc-message"] = PercentEncoding.Encode(status.Detail);
        return Task.CompletedTask;
    }

    private static Task Refuse(IFeatureCollection features, int statusCode, string text)
    {
        IHttpResponseFeature response = features.GetRequiredFeature<IHttpResponseFeature>();
        response.StatusCode = statusCode;
        response.Headers.ContentType = "text/plain; charset=utf-8";

        // Not flushed: the end of the response takes it along, and no handler waits for a client that gives no credit.
        features.GetRequiredFeature<IHttpResponseBodyFeature>().Writer.Write(Encoding.UTF8.GetBytes(text));
        return Task.CompletedTask;
    }
}
