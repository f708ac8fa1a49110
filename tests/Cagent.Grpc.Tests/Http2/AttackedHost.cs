// SPDX-License-Identifier: Apache-2.0
using Cagent.Grpc.Client;
using Cagent.Grpc.Server;
using Cagent.Grpc.Tests.Hosting;
using Cagent.Grpc.Tests.Protos;
using Cagent.TestKit.Waiting;
using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Cagent.Grpc.Tests.Http2;

/// <summary>
/// A server with one innocent client, whose stream is open before the attack and must go on after it.
/// <see cref="VerifyAsync"/> is the second half of every test: whatever came, the server lives and has kept nothing.
/// </summary>
internal sealed class AttackedHost : IAsyncDisposable
{
    // During an attack: a thousand open streams with their pipes, far below any flood. Afterwards: what pools keep.
    private const long MaxHeld = 32 * 1024 * 1024;
    private const long MaxLeft = 16 * 1024 * 1024;

    private readonly Gauges _gauges = new();
    private AsyncDuplexStreamingCall<EchoRequest, EchoResponse> _innocent = null!;
    private long _memory;

    private AttackedHost(TestHost host) => Host = host;

    public TestHost Host { get; }

    public Gauges Gauges => _gauges;

    public TestService Service => Host.Service;

    public int Port => Host.Port;

    public static async Task<AttackedHost> StartAsync(Action<GrpcServerOptions>? options = null)
    {
        AttackedHost attacked = new(await TestHost.StartAsync(options, logLevel: LogLevel.Warning));
        attacked._innocent = attacked.Host.Client.Bidi();
        await attacked.PingPongAsync("before");

        // If the counters were not read, the checks afterwards would be empty.
        Assert.Equal(1, attacked._gauges.Calls);
        Assert.Equal(1, attacked._gauges.Connections(attacked.Port));
        attacked._memory = GC.GetTotalMemory(forceFullCollection: true);
        return attacked;
    }

    /// <summary>From here on bidi handlers neither read nor write: they wait for the end of their call.</summary>
    public void UseIdleBidi() => Service.OnBidi = async (_, _, context) => await UntilCancelledAsync(context);

    /// <summary>Waits for the end of a call, as a handler that has nothing to do.</summary>
    public static async Task UntilCancelledAsync(ServerCallContext context) =>
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.CancellationToken);

    /// <summary>Call it while the attacker's connections are still open: what they hold counts.</summary>
    public void VerifyMemory()
    {
        long growth = Growth();
        Assert.True(growth < MaxHeld, $"{growth} bytes are held");
    }

    /// <summary>Makes what is held now the new baseline: pools that the first attack has filled are no leak, if the second does not fill them again.</summary>
    public void AcceptMemory() => _memory = GC.GetTotalMemory(forceFullCollection: true);

    /// <summary>The innocent stream goes on, new connections are served, and nothing of the attack is left once its connections are gone.</summary>
    public async Task VerifyAsync()
    {
        await PingPongAsync("after");
        using (HttpChannel channel = HttpChannel.ForAddress(Host.Address))
        {
            EchoResponse response = await new EchoService.EchoServiceClient(channel).UnaryAsync(new EchoRequest { Text = "new" }).ResponseAsync.WaitAsync(TestHost.Patience);
            Assert.Equal("new", response.Text);
        }

        await Eventually.TrueAsync(() => _gauges.Calls == 1 && Service.Running == 1, TestHost.Patience, $"the end of all calls but one ({_gauges.Calls} calls, {Service.Running} handlers)");
        await Eventually.TrueAsync(() => _gauges.Connections(Port) == 1, TestHost.Patience, "the end of all connections but one");
        await PingPongAsync("last");
        await Eventually.TrueAsync(() => Growth() < MaxLeft, TestHost.Patience, "the return of the memory");
    }

    public async ValueTask DisposeAsync()
    {
        _innocent.Dispose();
        await Host.DisposeAsync();
        _gauges.Dispose();
    }

    private long Growth() => GC.GetTotalMemory(forceFullCollection: true) - _memory;

    private async Task PingPongAsync(string text)
    {
        await _innocent.RequestStream.WriteAsync(new EchoRequest { Text = text }).WaitAsync(TestHost.Patience);
        Assert.True(await _innocent.ResponseStream.MoveNext().WaitAsync(TestHost.Patience));
        Assert.Equal(text, _innocent.ResponseStream.Current.Text);
    }
}
