// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Text.Json;
using Cagent.TestKit.Files;
using Cagent.TestKit.Processes;

namespace Cagent.Grpc.Interop.Tests.Peers;

/// <summary>A peer's server program. Thread safe but for disposal.</summary>
public sealed class PeerServer : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private readonly TemporaryFolder _folder;
    private readonly RunningProcess _process;

    private PeerServer(TemporaryFolder folder, RunningProcess process, int port)
    {
        _folder = folder;
        _process = process;
        EndPoint = new IPEndPoint(IPAddress.Loopback, port);
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>How many handlers saw the end of their call before they were done.</summary>
    public int Cancelled => _process.Lines.Count(line => line.Text.Contains("\"cancelled\"", StringComparison.Ordinal));

    /// <summary>Starts the program and waits until it listens.</summary>
    public static async Task<PeerServer> StartAsync(PeerKind kind)
    {
        TemporaryFolder folder = new();
        RunningProcess? process = null;
        try
        {
            process = Peer.Find(kind).Start("server", folder);
            OutputLine line = await process.WaitForLineAsync(text => text.StartsWith("{\"port\"", StringComparison.Ordinal), s_patience);
            using JsonDocument document = JsonDocument.Parse(line.Text);
            return new PeerServer(folder, process, document.RootElement.GetProperty("port").GetInt32());
        }
        catch
        {
            if (process is not null)
            {
                await process.DisposeAsync();
            }

            folder.Dispose();
            throw;
        }
    }

    /// <summary>Waits for a condition; the error shows the server's output.</summary>
    public Task WaitUntilAsync(Func<bool> condition, string what) => _process.WaitUntilAsync(condition, s_patience, what);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Dispose();
    }
}
