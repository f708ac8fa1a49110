// SPDX-License-Identifier: Apache-2.0
using Cagent.Grpc.Interop.Tests.Cases;
using Cagent.Grpc.Interop.Tests.Hosting;
using Cagent.TestKit.Http2;
using Cagent.TestKit.Waiting;

namespace Cagent.Grpc.Interop.Tests.Peers;

/// <summary>Our server and a peer's client, for a class of tests.</summary>
public abstract class PeerClientFixture(PeerKind kind) : IAsyncLifetime
{
    private readonly InteropHost _host = new();

    // Made by the first case: where every case is skipped there is no peer to start.
    private PeerClient? _client;

    // Node.js ends a stream's body with END_STREAM before it resets it, so a handler may be done, and rightly so, before it hears of the reset.
    private bool HalfClosesFirst => kind == PeerKind.GrpcJs;

    /// <summary>Runs a case through a tap and looks at what the client cannot see.</summary>
    public async Task RunAsync(string name)
    {
        _client ??= new PeerClient(kind);
        int cancelled = _host.Cancelled;
        await using Http2Tap tap = Http2Tap.Start(_host.EndPoint);
        await _client.RunAsync(name, tap.EndPoint);
        WireCheck.Verify(name, tap, hasProbe: true);
        if (InteropCase.SeenByTheHandler.Contains(name) && !(HalfClosesFirst && InteropCase.CancelledWhileSending.Contains(name)))
        {
            await Eventually.TrueAsync(() => _host.Cancelled > cancelled, "the handler sees the end of its call");
        }

        await Eventually.TrueAsync(() => _host.Running == 0, "no handler is left");
    }

    /// <inheritdoc/>
    public Task InitializeAsync() => _host.InitializeAsync();

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        if (_client is not null)
        {
            await _client.DisposeAsync();
        }

        await _host.DisposeAsync();
    }
}
