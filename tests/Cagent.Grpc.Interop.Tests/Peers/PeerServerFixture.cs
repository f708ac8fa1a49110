// SPDX-License-Identifier: Apache-2.0
using Cagent.Grpc.Interop.Tests.Cases;
using Cagent.Grpc.Interop.Tests.OurClient;
using Cagent.TestKit.Http2;

namespace Cagent.Grpc.Interop.Tests.Peers;

/// <summary>Our client and a peer's server, for a class of tests.</summary>
public abstract class PeerServerFixture(PeerKind kind) : IAsyncLifetime
{
    // Made by the first case: where every case is skipped there is no peer to start.
    private PeerServer? _server;

    /// <summary>Runs a case through a tap and looks at what the client cannot see.</summary>
    public async Task RunAsync(string name)
    {
        PeerServer server = _server ??= await PeerServer.StartAsync(kind);
        int cancelled = server.Cancelled;
        await using Http2Tap tap = Http2Tap.Start(server.EndPoint);
        await new OurClientCases(tap.EndPoint, checksCompression: false).RunAsync(name);
        WireCheck.Verify(name, tap, hasProbe: false);
        if (InteropCase.SeenByTheHandler.Contains(name))
        {
            await server.WaitUntilAsync(() => server.Cancelled > cancelled, "the handler's sight of the end of its call");
        }

        if (InteropCase.CancelledWhileSending.Contains(name))
        {
            WireCheck.VerifyCut(tap);
        }
    }

    /// <inheritdoc/>
    public Task InitializeAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }
}
