// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using Cagent.Grpc.FanOut;
using Cagent.Grpc.Server;
using Cagent.Grpc.Tests.Hosting;
using Cagent.Grpc.Tests.Protos;
using Cagent.TestKit.Waiting;
using Google.Protobuf;
using Grpc.Core;

namespace Cagent.Grpc.Tests.FanOut;

/// <summary>A server whose streams are all written by one dispatcher, and clients that read when a test says so.</summary>
internal sealed class FanOutHost : IAsyncDisposable
{
    private static readonly Marshaller<EchoResponse> s_marshaller = Marshallers.Create(
        static message => message.ToByteArray(), EchoResponse.Parser.ParseFrom);

    private readonly TestHost _host;
    private readonly ConcurrentDictionary<string, FanOutTarget> _targets = new();

    private FanOutHost(TestHost host, Dispatcher dispatcher)
    {
        _host = host;
        Dispatcher = dispatcher;
        host.Service.OnServerStream = async (request, responses, context) =>
        {
            await using FanOutTarget target = dispatcher.Attach(responses);
            _targets[request.Text] = target;
            await target.Completion.WaitAsync(context.CancellationToken);
        };
    }

    public Dispatcher Dispatcher { get; }

    public TestHost Host => _host;

    public static async Task<FanOutHost> StartAsync(
        int workers = 16, TimeProvider? time = null, Action<GrpcServerOptions>? server = null)
    {
        TestHost host = await TestHost.StartAsync(server, new() { MaxReceiveMessageSize = 64 * 1024 * 1024 });
        return new FanOutHost(host, new Dispatcher(new DispatcherOptions { Workers = workers }, time ?? TimeProvider.System));
    }

    public static FramedMessage Message(int count, int size = 0) => FramedMessage.Create(
        new EchoResponse { Count = count, Payload = ByteString.CopyFrom(new byte[size]) }, s_marshaller);

    public async Task<(FanOutTarget Target, AsyncServerStreamingCall<EchoResponse> Call)> OpenAsync(string name)
    {
        AsyncServerStreamingCall<EchoResponse> call = _host.Client.ServerStream(new EchoRequest { Text = name });
        await Eventually.TrueAsync(() => _targets.ContainsKey(name), "the stream is attached");
        return (_targets[name], call);
    }

    public static async Task<EchoResponse> ReadAsync(AsyncServerStreamingCall<EchoResponse> call)
    {
        Assert.True(await call.ResponseStream.MoveNext().WaitAsync(TestHost.Patience));
        return call.ResponseStream.Current;
    }

    public void Forget() => _targets.Clear();

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        DispatcherCounts counts = Dispatcher.Counts;
        Dispatcher.Dispose();
        Assert.Equal((0, 0, 0), (counts.Streams, counts.Writing, counts.Slow));
    }
}
