// SPDX-License-Identifier: Apache-2.0
using System.IO.Pipelines;
using Cagent.Grpc.Http2.Hpack;
using Cagent.Grpc.Http2.Output;
using Cagent.Grpc.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Cagent.Grpc.Http2.Streams;

/// <summary>The response: headers with the first flush, trailers with the end.</summary>
internal sealed partial class Http2Stream : IHttpResponseFeature, IHttpResponseBodyFeature, IHttpResponseTrailersFeature, IHttpResetFeature
{
    private const int Ok = 200;

    // Type or status, and one more.
    private const int UsualFields = 2;

    // What nearly every call sends, encoded once.
    private static readonly byte[] s_usualHeaders = HpackEncoder.EncodeHeaders(Ok, new HeaderList(1) { { "content-type", GrpcContentType.Response } });
    private static readonly byte[] s_usualTrailers = HpackEncoder.EncodeTrailers(new HeaderList(1) { { "grpc-status", "0" } });

    private HeaderList? _trailers;
    private List<(Func<object, Task> Callback, object State)>? _onStarting;
    private bool _isEnded;

    public int StatusCode { get; set; } = Ok;

    public string? ReasonPhrase { get; set; }

    IHeaderDictionary IHttpResponseFeature.Headers
    {
        get => ResponseHeaders;
        set => throw new NotSupportedException();
    }

    public bool HasStarted { get; private set; }

    public PipeWriter Writer => _response;

    IHeaderDictionary IHttpResponseTrailersFeature.Trailers
    {
        get => _trailers ??= new HeaderList(UsualFields);
        set => throw new NotSupportedException();
    }

    Stream IHttpResponseFeature.Body
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    Stream IHttpResponseBodyFeature.Stream => throw new NotSupportedException();

    private HeaderList ResponseHeaders { get; } = new(UsualFields);

    public void OnStarting(Func<object, Task> callback, object state) => (_onStarting ??= []).Add((callback, state));

    public void OnCompleted(Func<object, Task> callback, object state) => throw new NotSupportedException();

    public void DisableBuffering()
    {
        // Nothing is buffered longer than until the next flush.
    }

    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public async Task StartAsync(CancellationToken cancellationToken = default) => await _response.FlushAsync(cancellationToken).ConfigureAwait(false);

    public async Task CompleteAsync()
    {
        EndResponse();
        await Output.WhenOutAsync(Sender).ConfigureAwait(false);
    }

    /// <summary>Sends a piece of the body, with the headers if they have not left.</summary>
    public ValueTask<FlushResult> SendAsync(in BodyPiece piece)
    {
        byte[]? head = Start();
        return Output.Send(Sender, head, WithoutBody(piece), isAnswer: ClearReady());
    }

    public void Reset(int errorCode) => _connection.Reset(this, (Http2ErrorCode)errorCode);

    /// <summary>Sends what is left, and the end. The stream stays open until its client has given credit for that.</summary>
    private void EndResponse()
    {
        // Of a stream that was reset nothing leaves, and a write that the handler has left behind may still be at work.
        if (_isEnded || IsReset)
        {
            return;
        }

        _isEnded = true;
        byte[]? head = Start();
        Output.SendEnd(Sender, head, WithoutBody(_response.Take()), EncodeTrailers());
    }

    /// <summary>The block of the headers when it is due now.</summary>
    private byte[]? Start()
    {
        if (HasStarted)
        {
            return null;
        }

        for (int i = (_onStarting?.Count ?? 0) - 1; i >= 0; i--)
        {
            (Func<object, Task> callback, object state) = _onStarting![i];
            if (!callback(state).IsCompletedSuccessfully)
            {
                throw new NotSupportedException("A callback before the headers must not wait.");
            }
        }

        HasStarted = true;
        bool isUsual = StatusCode == Ok && ResponseHeaders.Count == 1 && ResponseHeaders["content-type"] == GrpcContentType.Response;
        return isUsual ? s_usualHeaders : HpackEncoder.EncodeHeaders(StatusCode, ResponseHeaders);
    }

    private byte[]? EncodeTrailers() => _trailers switch
    {
        null or { Count: 0 } => null,
        { Count: 1 } when _trailers["grpc-status"] == "0" => s_usualTrailers,
        _ => HpackEncoder.EncodeTrailers(_trailers),
    };

    // RFC 9110, section 9.3.2: HEAD is answered without a body.
    private BodyPiece WithoutBody(in BodyPiece piece)
    {
        if (_head.Method != HttpMethods.Head)
        {
            return piece;
        }

        piece.Return();
        return default;
    }
}
