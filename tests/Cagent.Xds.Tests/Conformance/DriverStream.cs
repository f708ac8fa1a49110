// SPDX-License-Identifier: Apache-2.0
using System.Threading.Channels;
using Cagent.Xds.Tests.Streams;
using Grpc.Core;

namespace Cagent.Xds.Tests.Conformance;

/// <summary>One stream of any variant, message by message.</summary>
internal abstract class DriverStream : IDisposable
{
    protected readonly Channel<DriverResponse> _responses = Channel.CreateUnbounded<DriverResponse>();

    /// <summary>The status of the stream, once it ended.</summary>
    public Task<Status> End { get; protected init; } = null!;

    public async Task<DriverResponse> NextAsync() => await _responses.Reader.ReadAsync().AsTask().WaitAsync(XdsHost.Patience);

    /// <summary>Every response until the stream ends.</summary>
    public IAsyncEnumerable<DriverResponse> AllAsync() => _responses.Reader.ReadAllAsync();

    public bool TryNext(out DriverResponse? response) => _responses.Reader.TryRead(out response);

    public abstract Task SendAsync(DriverRequest request);

    public abstract Task HalfCloseAsync();

    public abstract void Dispose();
}

/// <summary>The same over a generated call.</summary>
internal sealed class DriverStream<TRequest, TResponse> : DriverStream
    where TRequest : class
    where TResponse : class
{
    private readonly AsyncDuplexStreamingCall<TRequest, TResponse> _call;
    private readonly Func<DriverRequest, TRequest> _write;

    public DriverStream(AsyncDuplexStreamingCall<TRequest, TResponse> call, Func<DriverRequest, TRequest> write, Func<TResponse, DriverResponse> read)
    {
        _call = call;
        _write = write;
        End = ReadAsync(read);
    }

    public override async Task SendAsync(DriverRequest request)
    {
        try
        {
            await _call.RequestStream.WriteAsync(_write(request)).WaitAsync(XdsHost.Patience);
        }
        catch (RpcException)
        {
            // The server may end the stream before the write completes; End tells the status.
        }
    }

    public override Task HalfCloseAsync() => _call.RequestStream.CompleteAsync().WaitAsync(XdsHost.Patience);

    public override void Dispose() => _call.Dispose();

    private async Task<Status> ReadAsync(Func<TResponse, DriverResponse> read)
    {
        try
        {
            while (await _call.ResponseStream.MoveNext(CancellationToken.None))
            {
                await _responses.Writer.WriteAsync(read(_call.ResponseStream.Current));
            }

            return Status.DefaultSuccess;
        }
        catch (RpcException exception)
        {
            return exception.Status;
        }
        finally
        {
            _responses.Writer.TryComplete();
        }
    }
}
