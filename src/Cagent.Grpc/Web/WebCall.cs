// SPDX-License-Identifier: Apache-2.0
using System.IO.Pipelines;
using Cagent.Grpc.Server;
using Microsoft.AspNetCore.Http.Features;

namespace Cagent.Grpc.Web;

/// <summary>Runs a gRPC-Web request as an ordinary call: it exchanges the features that differ.</summary>
internal static class WebCall
{
    /// <summary>Sees to it that the response says what it is, whoever writes it.</summary>
    public static void Prepare(IHttpResponseFeature response, WebFormat format) => response.OnStarting(
        static state =>
        {
            (IHttpResponseFeature started, WebFormat chosen) = ((IHttpResponseFeature, WebFormat))state;
            started.Headers.ContentType = chosen.ResponseType;
            return Task.CompletedTask;
        },
        (response, format));

    public static async Task RunAsync(IFeatureCollection request, MethodHandler handler, CallEnvironment environment, WebFormat format)
    {
        WebResponse response = new(request, format.IsText);
        FeatureCollection features = new(request);
        features.Set<IHttpResponseBodyFeature>(response);
        features.Set<IHttpResponseTrailersFeature>(response);
        features.Set<IHttpResetFeature>(response);
        if (format.IsText)
        {
            features.Set<IRequestBodyPipeFeature>(new TextBody(request.GetRequiredFeature<IRequestBodyPipeFeature>().Reader));
        }

        await new GrpcCall(features, request.GetRequiredFeature<IHttpRequestFeature>(), handler, environment).RunAsync().ConfigureAwait(false);
        response.End();
    }

    private sealed class TextBody(PipeReader reader) : IRequestBodyPipeFeature
    {
        public PipeReader Reader { get; } = new Base64RequestReader(reader);
    }
}
