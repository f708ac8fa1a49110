// SPDX-License-Identifier: Apache-2.0
using System.IO.Pipelines;
using System.Net;
using Cagent.Grpc.Wire;
using Grpc.Core;

namespace Cagent.Grpc.Client;

/// <summary>One call: request headers, response, and its end. This part starts it and reads it.</summary>
internal sealed partial class HttpCall<TRequest, TResponse> : IDisposable
    where TRequest : class
    where TResponse : class
{
    private readonly HttpChannel _channel;
    private readonly Method<TRequest, TResponse> _method;
    private readonly string? _host;
    private readonly CallOptions _options;
    private readonly TaskCompletionSource<Metadata> _headers = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Cancelled by the caller, the deadline, the channel or Dispose: ends the HTTP exchange.
    private readonly CancellationTokenSource _cancellation = new();
    private readonly CancellationTokenSource _ended = new();

    private Task _started = Task.CompletedTask;
    private HttpResponseMessage? _response;
    private MessageReader? _reader;

    public HttpCall(HttpChannel channel, Method<TRequest, TResponse> method, string? host, CallOptions options)
    {
        _channel = channel;
        _method = method;
        _host = host;
        _options = options;
        EndedToken = _ended.Token;

        // Nobody need look at the headers; a failure there is the call's failure too.
        _ = _headers.Task.ContinueWith(static task => _ = task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
    }

    /// <summary>The response headers.</summary>
    public Task<Metadata> ResponseHeadersAsync => _headers.Task;

    /// <summary>Cancelled when the call is over, so that writes do not wait for it.</summary>
    public CancellationToken EndedToken { get; }

    public void Start(HttpContent content)
    {
        HttpRequestMessage request = CreateRequest(content);
        WatchTokens();
        _started = StartDeadline() ? SendAsync(request) : Task.CompletedTask;
    }

    /// <summary>Reads the only response and the status.</summary>
    public async Task<TResponse> ReadSingleAsync()
    {
        TResponse? response = await ReadAsync().ConfigureAwait(false);
        if (response is null)
        {
            End(ClientStatuses.NoResponse, []);
            throw new RpcException(ClientStatuses.NoResponse);
        }

        if (await ReadAsync().ConfigureAwait(false) is not null)
        {
            Cancel();
            throw new RpcException(WireStatuses.MoreThanOneMessage);
        }

        return response;
    }

    /// <summary>Reads the next response; null when the call ended OK.</summary>
    /// <exception cref="RpcException">The call ended otherwise.</exception>
    public async Task<TResponse?> ReadAsync()
    {
        await _started.ConfigureAwait(false);
        if (_reader is null || IsEnded)
        {
            ThrowUnlessOk();
            return null;
        }

        try
        {
            TResponse? response = await _reader.ReadAsync(_method.ResponseMarshaller.ContextualDeserializer, _cancellation.Token).ConfigureAwait(false);
            if (response is not null)
            {
                return response;
            }

            // Trailers are there only after the end of the body.
            End(ResponseHeaders.ReadStatus(_response!.TrailingHeaders) ?? ClientStatuses.NoStatus, ReadMetadata(_response.TrailingHeaders));
        }
        catch (RpcException e)
        {
            End(e.Status, e.Trailers);
            _cancellation.Cancel();
        }
        catch (Exception e) when (e is IOException or HttpRequestException or OperationCanceledException or ObjectDisposedException)
        {
            End(Translate(e), []);
        }

        ThrowUnlessOk();
        return null;
    }

    private static Metadata ReadMetadata(System.Net.Http.Headers.HttpResponseHeaders headers)
    {
        try
        {
            return ResponseHeaders.ReadMetadata(headers);
        }
        catch (FormatException e)
        {
            throw new RpcException(new Status(StatusCode.Internal, "Malformed binary metadata.", e));
        }
    }

    private async Task SendAsync(HttpRequestMessage request)
    {
        try
        {
            _response = await _channel.SendAsync(request, _cancellation.Token).ConfigureAwait(false);
            await ReceiveHeadersAsync(_response).ConfigureAwait(false);
            if (_cancellation.IsCancellationRequested)
            {
                // Cancelled between the two lines above: nobody else has seen the response to dispose it.
                _response.Dispose();
            }
        }
        catch (RpcException e)
        {
            End(e.Status, e.Trailers);
        }
        catch (Exception e) when (e is IOException or HttpRequestException or OperationCanceledException or ObjectDisposedException)
        {
            End(Translate(e), []);
        }
    }

    private async Task ReceiveHeadersAsync(HttpResponseMessage response)
    {
        string? contentType = response.Content.Headers.ContentType?.MediaType;
        bool isGrpc = contentType is not null && contentType.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase);
        Status? status = ResponseHeaders.ReadStatus(response.Headers);
        if (response.StatusCode != HttpStatusCode.OK || !(isGrpc || status is not null))
        {
            End(status ?? ClientStatuses.FromHttp(response.StatusCode), []);
            return;
        }

        Metadata metadata = ReadMetadata(response.Headers);
        if (status is { } trailersOnly)
        {
            _headers.TrySetResult([]);
            End(trailersOnly, metadata);
            return;
        }

        Stream body = await response.Content.ReadAsStreamAsync(_cancellation.Token).ConfigureAwait(false);
        _reader = new MessageReader(PipeReader.Create(body), _channel.Options.MaxReceiveMessageSize, ResponseHeaders.IsGzip(response.Headers));
        _headers.TrySetResult(metadata);
    }
}
