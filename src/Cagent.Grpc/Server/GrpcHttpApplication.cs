// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using Cagent.Grpc.Wire;
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
        IHttpRequestFeature request = context.GetRequiredFeature<IHttpRequestFeature>();
        if (!HttpMethods.IsPost(request.Method))
        {
            context.GetRequiredFeature<IHttpResponseFeature>().Headers.Allow = HttpMethods.Post;
            return RefuseAsync(context, StatusCodes.Status405MethodNotAllowed, "gRPC calls use POST.\n");
        }

        if (!GrpcContentType.IsGrpc(request.Headers.ContentType.ToString()))
        {
            return RefuseAsync(context, StatusCodes.Status415UnsupportedMediaType, "gRPC calls use the content type application/grpc.\n");
        }

        // Only endpoints of this server lead here, and each connection carries its endpoint's router.
        MethodHandler? handler = context.GetRequiredFeature<EndpointFeature>().Router.Find(request.Path);
        if (handler is null)
        {
            AnswerUnknownMethod(context.GetRequiredFeature<IHttpResponseFeature>().Headers);
            return Task.CompletedTask;
        }

        return new GrpcCall(context, handler, environment).RunAsync();
    }

    private static void AnswerUnknownMethod(IHeaderDictionary headers)
    {
        headers.ContentType = GrpcContentType.Response;
        headers["grpc-status"] = ((int)ServerStatuses.UnknownMethod.StatusCode).ToString(CultureInfo.InvariantCulture);
        headers["grpc-message"] = PercentEncoding.Encode(ServerStatuses.UnknownMethod.Detail);
    }

    private static async Task RefuseAsync(IFeatureCollection features, int statusCode, string text)
    {
        IHttpResponseFeature response = features.GetRequiredFeature<IHttpResponseFeature>();
        response.StatusCode = statusCode;
        response.Headers.ContentType = "text/plain; charset=utf-8";
        await features.GetRequiredFeature<IHttpResponseBodyFeature>().Writer.WriteAsync(Encoding.UTF8.GetBytes(text)).ConfigureAwait(false);
    }
}
