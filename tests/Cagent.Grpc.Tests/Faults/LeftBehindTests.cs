// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using Cagent.Grpc.Tests.Hosting;
using Cagent.Grpc.Tests.Protos;
using Grpc.Core;

namespace Cagent.Grpc.Tests.Faults;

/// <summary>Handlers that end while something of theirs still runs.</summary>
public class LeftBehindTests
{
    /// <summary>Such a read stayed in the stream that Kestrel used again: the next call failed, or lost its messages to it.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Read_LeftBehindByAHandler_EndsWithItsCall(bool fails)
    {
        await using TestHost host = await TestHost.StartAsync();
        ConcurrentQueue<Task<bool>> reads = new();
        host.Service.OnBidi = (requests, _, _) =>
        {
            reads.Enqueue(requests.MoveNext());
            return fails ? Task.FromException(new RpcException(new Status(StatusCode.Aborted, "on purpose"))) : Task.CompletedTask;
        };
        for (int i = 0; i < 50; i++)
        {
            using (AsyncDuplexStreamingCall<EchoRequest, EchoResponse> call = host.Client.Bidi())
            {
                await Record.ExceptionAsync(() => call.ResponseStream.MoveNext().WaitAsync(TestHost.Patience));
                Assert.Equal(fails ? StatusCode.Aborted : StatusCode.OK, call.GetStatus().StatusCode);
            }

            EchoResponse response = await host.Client.UnaryAsync(new EchoRequest { Text = $"{i}" }).ResponseAsync.WaitAsync(TestHost.Patience);
            Assert.Equal($"{i}", response.Text);
        }

        Assert.Equal(50, reads.Count);
        foreach (Task<bool> read in reads)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read.WaitAsync(TestHost.Patience));
        }
    }

    [Fact]
    public async Task Read_AfterTheHandlersEnd_IsRefused()
    {
        await using TestHost host = await TestHost.StartAsync();
        IAsyncStreamReader<EchoRequest>? late = null;
        host.Service.OnClientStream = (requests, _) =>
        {
            late = requests;
            return Task.FromResult(new EchoResponse());
        };
        using AsyncClientStreamingCall<EchoRequest, EchoResponse> call = host.Client.ClientStream();

        await call.ResponseAsync.WaitAsync(TestHost.Patience);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => late!.MoveNext());
    }
}
