// SPDX-License-Identifier: Apache-2.0
using Cagent.Grpc.FanOut;
using Grpc.Core;

namespace Cagent.Grpc.Server;

/// <summary>The responses of a streaming call.</summary>
internal sealed class ResponseStream<T>(GrpcCall call, Marshaller<T> marshaller) : IServerStreamWriter<T>, IRawMessageWriter, IFramedStream
    where T : class
{
    public WriteOptions? WriteOptions
    {
        get => call.WriteOptions;
        set => call.WriteOptions = value;
    }

    ResponseWriter IFramedStream.Writer => call.Response;

    public Task WriteAsync(T message) => WriteAsync(message, CancellationToken.None);

    public Task WriteAsync(T message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        return call.Response.WriteAsync(message, marshaller.ContextualSerializer, call.WriteOptions, cancellationToken);
    }

    public Task WriteRawAsync(ReadOnlyMemory<byte> body, ReadOnlyMemory<byte> tail, CancellationToken cancellationToken) =>
        call.Response.WriteRawAsync(body, tail, cancellationToken);
}
