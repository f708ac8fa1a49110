// SPDX-License-Identifier: Apache-2.0
using System.IO.Pipelines;
using Cagent.Grpc.Http2;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Cagent.Grpc.Web;

/// <summary>The response as a call sees it, with trailers and reset; the page gets both in the body, over any HTTP.</summary>
internal sealed class WebResponse(IFeatureCollection connection, bool isText)
    : IHttpResponseBodyFeature, IHttpResponseTrailersFeature, IHttpResetFeature
{
    private readonly IHttpResponseBodyFeature _body = connection.GetRequiredFeature<IHttpResponseBodyFeature>();
    private readonly Base64ResponseWriter? _text =
        isText ? new Base64ResponseWriter(connection.GetRequiredFeature<IHttpResponseBodyFeature>().Writer) : null;

    // The trailers leave once: with the deadline or with the handler's end, of which the call lets only one happen.
    private bool _isEnded;

    public PipeWriter Writer => _text ?? _body.Writer;

    public IHeaderDictionary Trailers { get; set; } = new HeaderDictionary();

    public Stream Stream => throw new NotSupportedException();

    public void DisableBuffering() => _body.DisableBuffering();

    public Task StartAsync(CancellationToken cancellationToken = default) => _body.StartAsync(cancellationToken);

    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    /// <summary>Puts the trailers into the body, if there are any, without a flush.</summary>
    public void End()
    {
        if (!_isEnded && Trailers.Count > 0)
        {
            _isEnded = true;
            TrailersFrame.Write(Trailers, Writer);
            _text?.Encode();
        }
    }

    public Task CompleteAsync()
    {
        End();
        return _body.CompleteAsync();
    }

    public void Reset(int errorCode)
    {
        if (connection.Get<IHttpResetFeature>() is { } reset)
        {
            reset.Reset(errorCode);
        }
        else if (errorCode != (int)Http2ErrorCode.NoError)
        {
            // HTTP/1.1 cannot end a response early but with its connection.
            connection.GetRequiredFeature<IHttpRequestLifetimeFeature>().Abort();
        }
    }
}
