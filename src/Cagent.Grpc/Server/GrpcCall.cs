// SPDX-License-Identifier: Apache-2.0
using Cagent.Grpc.Wire;
using Grpc.Core;
using Microsoft.AspNetCore.Http.Features;

namespace Cagent.Grpc.Server;

/// <summary>One call: the handler's context, and the owner of its end. This part is what the handler sees.</summary>
internal sealed partial class GrpcCall : ServerCallContext, IDisposable
{
    private readonly IFeatureCollection _features;
    private readonly IHttpRequestFeature _request;
    private readonly IHttpResponseFeature _httpResponse;
    private readonly MethodHandler _handler;
    private readonly CallEnvironment _environment;
    private readonly CallCancellation _cancellation;

    private Metadata? _requestHeaders;
    private Metadata? _responseTrailers;
    private AuthContext? _authContext;
    private DateTime _deadline = DateTime.MaxValue;
    private MessageReader? _reader;

    public GrpcCall(IFeatureCollection features, IHttpRequestFeature request, MethodHandler handler, CallEnvironment environment)
    {
        _features = features;
        _request = request;
        _httpResponse = features.GetRequiredFeature<IHttpResponseFeature>();
        _handler = handler;
        _environment = environment;
        _cancellation = new CallCancellation(features, environment, handler.Path);
        Response = new ResponseWriter(features.GetRequiredFeature<IHttpResponseBodyFeature>(), environment, this);
    }

    public ResponseWriter Response { get; }

    /// <summary>The connection that carries the call; only while the call runs.</summary>
    public string? ConnectionId => _features.Get<IHttpConnectionFeature>()?.ConnectionId;

    protected override string MethodCore => _handler.Path;

    protected override string HostCore => _request.Headers.Host.ToString();

    protected override string PeerCore => PeerAddress.Format(_features.Get<IHttpConnectionFeature>());

    protected override DateTime DeadlineCore => _deadline;

    protected override Metadata RequestHeadersCore => _requestHeaders ??= ReadRequestHeaders();

    protected override CancellationToken CancellationTokenCore => _cancellation.Token;

    protected override Metadata ResponseTrailersCore => _responseTrailers ??= [];

    protected override Status StatusCore { get; set; }

    protected override WriteOptions? WriteOptionsCore { get; set; }

    protected override AuthContext AuthContextCore =>
        _authContext ??= PeerIdentity.From(_features.Get<ITlsConnectionFeature>()?.ClientCertificate);

    protected override Task WriteResponseHeadersAsyncCore(Metadata responseHeaders)
    {
        ArgumentNullException.ThrowIfNull(responseHeaders);
        return Response.StartAsync(() =>
        {
            if (_httpResponse.HasStarted || Response.HasBody)
            {
                throw new InvalidOperationException("The response headers were sent already.");
            }

            HeaderMetadata.Write(responseHeaders, _httpResponse.Headers);
        });
    }

    /// <summary>Asks the handler to end.</summary>
    public void Cancel(CancelReason reason) => _cancellation.Cancel(reason);

    /// <summary>Frees what outlives the call. After it no callback touches the features, which Kestrel uses again over HTTP/1.1.</summary>
    public void Dispose()
    {
        if (_isListed)
        {
            _environment.Streams.Remove(this);
        }

        _deadlineTimer?.Dispose();
        Response.Dispose();
        _cancellation.Dispose();
    }

    private Metadata ReadRequestHeaders()
    {
        try
        {
            return HeaderMetadata.Read(_request.Headers);
        }
        catch (FormatException e)
        {
            throw new RpcException(new Status(ServerStatuses.MalformedMetadata.StatusCode, ServerStatuses.MalformedMetadata.Detail, e));
        }
    }
}
