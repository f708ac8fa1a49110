// SPDX-License-Identifier: Apache-2.0
using System.IO.Compression;
using Cagent.Grpc.Client;
using Cagent.Grpc.Tests.Hosting;
using Cagent.Grpc.Tests.Protos;
using Google.Protobuf;
using Grpc.Core;

namespace Cagent.Grpc.Tests.Client;

/// <summary>What the client puts on the wire and takes from it: headers, compression, sizes.</summary>
public class RequestTests
{
    [Theory]
    [InlineData(null, "^grpc-dotnet-cagent/[0-9.]+$")]
    [InlineData("my-program/1.2", "^my-program/1.2 grpc-dotnet-cagent/[0-9.]+$")]
    public async Task UserAgent_OfTheChannel_NamesProgramAndLibrary(string? own, string pattern)
    {
        await using TestHost host = await TestHost.StartAsync(client: new HttpChannelOptions { UserAgent = own });
        string? seen = null;
        host.Service.OnUnary = (_, context) =>
        {
            seen = context.RequestHeaders.GetValue("user-agent");
            return Task.FromResult(new EchoResponse());
        };

        await host.Client.UnaryAsync(new EchoRequest());

        Assert.Matches(pattern, seen);
    }

    [Fact]
    public async Task UserAgent_InTheMetadata_ReplacesTheChannels()
    {
        await using TestHost host = await TestHost.StartAsync();
        List<string> seen = [];
        host.Service.OnUnary = (_, context) =>
        {
            seen.AddRange(context.RequestHeaders.GetAll("user-agent").Select(entry => entry.Value));
            return Task.FromResult(new EchoResponse());
        };

        await host.Client.UnaryAsync(new EchoRequest(), new Metadata { { "user-agent", "mine" } });

        Assert.Equal(["mine"], seen);
    }

    [Theory]
    [InlineData(false, null, 0)]
    [InlineData(false, "gzip", 1)]
    [InlineData(false, "identity", 0)]
    [InlineData(true, null, 1)]
    [InlineData(true, "identity", 0)]
    public async Task Compression_ChosenByChannelOrCall_IsInTheFlagOfTheMessage(bool ofTheChannel, string? ofTheCall, byte flag)
    {
        TaskCompletionSource<byte[]> message = new();
        await using RawHttp2Server server = new(async connection =>
        {
            await connection.BeginAsync();
            int stream = await connection.ReadRequestAsync();
            message.SetResult((await connection.ReadAsync(RawHttp2Connection.Data)).Payload);
            await connection.AnswerAsync(stream);
            await connection.ReadRequestAsync();
        });
        using HttpChannel channel = HttpChannel.ForAddress(server.Address, new HttpChannelOptions { CompressRequests = ofTheChannel });
        Metadata metadata = ofTheCall is null ? [] : new Metadata { { "grpc-internal-encoding-request", ofTheCall } };

        await new EchoService.EchoServiceClient(channel).UnaryAsync(new EchoRequest { Text = "text" }, metadata).ResponseAsync.WaitAsync(TestHost.Patience);

        Assert.Equal(flag, (await message.Task)[0]);
    }

    [Fact]
    public async Task Compression_ChosenByTheCall_IsUnderstoodByTheServerAndTheKeyIsNotSent()
    {
        await using TestHost host = await TestHost.StartAsync();
        bool hasKey = true;
        host.Service.OnUnary = (request, context) =>
        {
            hasKey = context.RequestHeaders.Get("grpc-internal-encoding-request") is not null;
            return Task.FromResult(new EchoResponse { Text = request.Text });
        };

        EchoResponse response = await host.Client.UnaryAsync(
            new EchoRequest { Text = new string('a', 10_000) }, new Metadata { { "grpc-internal-encoding-request", "gzip" } });

        Assert.Equal(10_000, response.Text.Length);
        Assert.False(hasKey);
    }

    [Fact]
    public async Task Compression_Unknown_IsRefusedBeforeTheCall()
    {
        await using TestHost host = await TestHost.StartAsync();

        Assert.Throws<ArgumentException>(() => host.Client.UnaryAsync(new EchoRequest(), new Metadata { { "grpc-internal-encoding-request", "zstd" } }));
    }

    [Theory]
    [InlineData("gzip", true, StatusCode.OK)]
    [InlineData("gzip", false, StatusCode.ResourceExhausted)]
    [InlineData("deflate", true, StatusCode.Internal)]
    [InlineData(null, true, StatusCode.Internal)]
    public async Task Response_Compressed_IsInflatedWithinTheLimitAndOnlyFromKnownEncodings(string? encoding, bool isSmall, StatusCode expected)
    {
        byte[] message = new EchoResponse { Payload = ByteString.CopyFrom(new byte[isSmall ? 1000 : 2000]) }.ToByteArray();
        await using RawHttp2Server server = new(async connection =>
        {
            await connection.BeginAsync();
            int stream = await connection.ReadRequestAsync();
            (string, string)[] headers = encoding is null ? [] : [("grpc-encoding", encoding)];
            await connection.SendHeadersAsync(stream, false, [(":status", "200"), ("content-type", "application/grpc"), .. headers]);
            await connection.SendAsync(RawHttp2Connection.Data, 0, stream, Gzip(message));
            await connection.SendHeadersAsync(stream, true, ("grpc-status", "0"));
            await connection.ReadRequestAsync();
        });
        using HttpChannel channel = HttpChannel.ForAddress(server.Address, new HttpChannelOptions { MaxReceiveMessageSize = 1500 });
        using AsyncUnaryCall<EchoResponse> call = new EchoService.EchoServiceClient(channel).UnaryAsync(new EchoRequest());

        await Record.ExceptionAsync(() => call.ResponseAsync.WaitAsync(TestHost.Patience));

        Assert.Equal(expected, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task Send_OverTheLimit_IsTheOutcomeOfTheCall()
    {
        await using TestHost host = await TestHost.StartAsync(client: new HttpChannelOptions { MaxSendMessageSize = 100 });
        EchoRequest large = new() { Payload = ByteString.CopyFrom(new byte[101]) };

        using AsyncUnaryCall<EchoResponse> unary = host.Client.UnaryAsync(large);
        using AsyncServerStreamingCall<EchoResponse> stream = host.Client.ServerStream(large);
        using AsyncDuplexStreamingCall<EchoRequest, EchoResponse> bidi = host.Client.Bidi();

        Assert.Equal(StatusCode.ResourceExhausted, (await Assert.ThrowsAsync<RpcException>(() => unary.ResponseAsync)).StatusCode);
        Assert.Equal(StatusCode.ResourceExhausted, (await Assert.ThrowsAsync<RpcException>(() => unary.ResponseHeadersAsync)).StatusCode);
        Assert.Equal(StatusCode.ResourceExhausted, unary.GetStatus().StatusCode);
        Assert.Equal(StatusCode.ResourceExhausted, (await Assert.ThrowsAsync<RpcException>(() => stream.ResponseStream.MoveNext())).StatusCode);
        Assert.Equal(StatusCode.ResourceExhausted, (await Assert.ThrowsAsync<RpcException>(() => bidi.RequestStream.WriteAsync(large))).StatusCode);

        // Nothing of the message was sent, so the stream can still be used.
        await bidi.RequestStream.WriteAsync(new EchoRequest { Text = "small" }).WaitAsync(TestHost.Patience);
        Assert.True(await bidi.ResponseStream.MoveNext().WaitAsync(TestHost.Patience));
    }

    [Fact]
    public async Task Dispose_OfTheChannel_EndsRunningCallsAndRefusesNewOnes()
    {
        await using TestHost host = await TestHost.StartAsync();
        using AsyncDuplexStreamingCall<EchoRequest, EchoResponse> call = host.Client.Bidi();
        await call.RequestStream.WriteAsync(new EchoRequest()).WaitAsync(TestHost.Patience);
        Assert.True(await call.ResponseStream.MoveNext().WaitAsync(TestHost.Patience));

        await host.Channel.ShutdownAsync();

        Assert.Equal(StatusCode.Cancelled, (await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext().WaitAsync(TestHost.Patience))).StatusCode);
        await Assert.ThrowsAsync<RpcException>(() => host.Client.UnaryAsync(new EchoRequest()).ResponseAsync.WaitAsync(TestHost.Patience));
    }

    public static TheoryData<string, Action<HttpChannelOptions>> BadOptions => new()
    {
        { "receive", options => options.MaxReceiveMessageSize = 0 },
        { "send", options => options.MaxSendMessageSize = -1 },
        { "buffer", options => options.MaxRetryBuffer = -1 },
        { "call buffer", options => options.MaxRetryBufferPerCall = -1 },
        { "connect", options => options.ConnectTimeout = TimeSpan.Zero },
        { "initial", options => options.InitialReconnectBackoff = TimeSpan.FromSeconds(-1) },
        { "maximum", options => options.MaxReconnectBackoff = TimeSpan.MaxValue },
        { "ping", options => options.KeepAlivePingTimeout = TimeSpan.Zero },
        { "agent", options => options.UserAgent = "tab\t" },
    };

    [Theory]
    [MemberData(nameof(BadOptions))]
    public void Options_OutOfRange_AreRefused(string name, Action<HttpChannelOptions> change)
    {
        HttpChannelOptions options = new();
        change(options);

        Assert.True(Record.Exception(() => HttpChannel.ForUnixSocket("s", options)) is ArgumentException, name);
    }

    private static byte[] Gzip(byte[] message)
    {
        using MemoryStream frame = new();
        frame.Write([1, 0, 0, 0, 0]);
        using (GZipStream gzip = new(frame, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(message);
        }

        byte[] bytes = frame.ToArray();
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(1), bytes.Length - 5);
        return bytes;
    }
}
