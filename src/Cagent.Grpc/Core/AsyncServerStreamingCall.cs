// SPDX-License-Identifier: Apache-2.0
namespace Grpc.Core;

/// <summary>A running server-streaming call.</summary>
/// <typeparam name="TResponse">The response message.</typeparam>
/// <param name="responseStream">The responses.</param>
/// <param name="responseHeadersAsync">The response headers.</param>
/// <param name="getStatusFunc">Reads the status of a finished call.</param>
/// <param name="getTrailersFunc">Reads the trailers of a finished call.</param>
/// <param name="disposeAction">Cancels the call and frees it.</param>
public sealed class AsyncServerStreamingCall<TResponse>(
    IAsyncStreamReader<TResponse> responseStream,
    Task<Metadata> responseHeadersAsync,
    Func<Status> getStatusFunc,
    Func<Metadata> getTrailersFunc,
    Action disposeAction) : IDisposable
{
    /// <summary>The responses.</summary>
    public IAsyncStreamReader<TResponse> ResponseStream { get; } = responseStream;

    /// <summary>The response headers; fails with <see cref="RpcException"/>.</summary>
    public Task<Metadata> ResponseHeadersAsync { get; } = responseHeadersAsync;

    /// <summary>Reads the status.</summary>
    /// <returns>The status.</returns>
    /// <exception cref="InvalidOperationException">The call is not over.</exception>
    public Status GetStatus() => getStatusFunc();

    /// <summary>Reads the trailers.</summary>
    /// <returns>The trailers.</returns>
    /// <exception cref="InvalidOperationException">The call is not over.</exception>
    public Metadata GetTrailers() => getTrailersFunc();

    /// <summary>Cancels the call unless it is over.</summary>
    public void Dispose() => disposeAction();
}
