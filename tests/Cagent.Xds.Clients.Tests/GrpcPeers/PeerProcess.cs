// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json;
using Cagent.TestKit.Files;
using Cagent.TestKit.Processes;

namespace Cagent.Xds.Clients.Tests.GrpcPeers;

/// <summary>A peer's client with one channel to <c>xds:///who.test</c>. Not thread safe.</summary>
internal sealed class PeerProcess : IAsyncDisposable
{
    /// <summary>The name that is dialled: of a listener, not of a host.</summary>
    public const string Listener = "who.test";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private readonly TemporaryFolder _folder = new();
    private readonly RunningProcess _process;
    private int _calls;

    public PeerProcess(PeerKind kind, int xdsPort)
    {
        Peer peer = Peer.Find(kind);
        string bootstrap = _folder.Write("bootstrap.json", $$$"""
            {
              "xds_servers": [{"server_uri": "127.0.0.1:{{{xdsPort}}}", "channel_creds": [{"type": "insecure"}], "server_features": ["xds_v3"]}],
              "node": {"id": "grpc-1", "cluster": "clients", "locality": {"region": "here"}}
            }
            """);

        // A proxy of the environment must not come between.
        Dictionary<string, string> environment = new()
        {
            ["GRPC_XDS_BOOTSTRAP"] = bootstrap,
            ["no_grpc_proxy"] = "*",
            ["NO_PROXY"] = "*",
            ["GRPC_ENABLE_FORK_SUPPORT"] = "0",

            // While no call waits, C-core looks at its connections this often only (5000 by default), the one to the xDS server among them.
            ["GRPC_CLIENT_CHANNEL_BACKUP_POLL_INTERVAL_MS"] = "100",
        };
        _process = RunningProcess.Start(
            peer.Program ?? throw new FileNotFoundException(peer.Missing), [peer.Script, $"xds:///{Listener}"], environment, keepsInput: true);
    }

    /// <summary>Makes a call; the backend's name, or the error's code and text.</summary>
    public async Task<string> AskAsync()
    {
        string id = (++_calls).ToString(CultureInfo.InvariantCulture);
        await _process.WriteLineAsync($$"""{"id": {{id}}}""");
        OutputLine line = await _process.WaitForLineAsync(text => IsAnswer(text, id), s_patience);
        using JsonDocument answer = JsonDocument.Parse(line.Text);
        JsonElement root = answer.RootElement;
        return root.GetProperty("ok").GetBoolean()
            ? root.GetProperty("reply").GetString()!
            : $"{root.GetProperty("code").GetString()}: {root.GetProperty("error").GetString()}";
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Dispose();
    }

    // Python and Node.js differ in the spaces of their JSON.
    private static bool IsAnswer(string text, string id)
    {
        string packed = text.Replace(" ", "", StringComparison.Ordinal);
        return packed.StartsWith($"{{\"id\":{id},", StringComparison.Ordinal);
    }
}
