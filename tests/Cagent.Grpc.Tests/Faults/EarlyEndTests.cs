// SPDX-License-Identifier: Apache-2.0
using Cagent.Grpc.Tests.Hosting;
using Cagent.Grpc.Tests.Protos;
using Grpc.Core;

namespace Cagent.Grpc.Tests.Faults;

/// <summary>Servers that end a call while its client still writes.</summary>
public class EarlyEndTests
{
    /// <summary>Such a write said UNAVAILABLE, "The connection failed", which calls for a retry on another connection.</summary>
    [Fact]
    public async Task Write_AfterTheServerEndedAClientStream_TellsTheServersStatus()
    {
        await using TestHost host = await TestHost.StartAsync();
        host.Service.OnClientStream = (_, _) => throw new RpcException(new Status(StatusCode.PermissionDenied, "not you"));
        for (int i = 0; i < 50; i++)
        {
            using AsyncClientStreamingCall<EchoRequest, EchoResponse> call = host.Client.ClientStream();

            RpcException e = await Assert.ThrowsAsync<RpcException>(() => WriteForEverAsync(call.RequestStream).WaitAsync(TestHost.Patience));

            Assert.Equal(new Status(StatusCode.PermissionDenied, "not you").ToString(), e.Status.ToString());
        }
    }

    /// <summary>A write that began before the stream took its first message waited for ever when the server had ended the call by then.</summary>
    [Fact]
    public async Task Write_AfterTheServerEndedABidiCall_LeavesTheStatusToTheReader()
    {
        await using TestHost host = await TestHost.StartAsync();
        host.Service.OnBidi = async (_, responses, _) =>
        {
            await responses.WriteAsync(new EchoResponse());
            throw new RpcException(new Status(StatusCode.PermissionDenied, "not you"));
        };
        for (int i = 0; i < 50; i++)
        {
            using AsyncDuplexStreamingCall<EchoRequest, EchoResponse> call = host.Client.Bidi();

            RpcException write = await Assert.ThrowsAsync<RpcException>(() => WriteForEverAsync(call.RequestStream).WaitAsync(TestHost.Patience));

            Assert.Equal(StatusCode.Unknown, write.StatusCode);
            Assert.True(await call.ResponseStream.MoveNext().WaitAsync(TestHost.Patience));
            RpcException read = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext().WaitAsync(TestHost.Patience));
            Assert.Equal(StatusCode.PermissionDenied, read.StatusCode);
        }
    }

    private static async Task WriteForEverAsync(IClientStreamWriter<EchoRequest> requests)
    {
        while (true)
        {
            await requests.WriteAsync(new EchoRequest { Text = "more" });
        }
    }
}
