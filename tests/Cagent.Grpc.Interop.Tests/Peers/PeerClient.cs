// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Text.Json;
using Cagent.TestKit.Files;
using Cagent.TestKit.Processes;

namespace Cagent.Grpc.Interop.Tests.Peers;

/// <summary>A peer's client program: one process for a class of tests, one command for a case. Not thread safe.</summary>
public sealed class PeerClient : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private readonly TemporaryFolder _folder = new();
    private readonly RunningProcess _process;

    // How many answers were read: the output is a log that is searched from its beginning.
    private int _answers;

    /// <summary>Starts the program.</summary>
    public PeerClient(PeerKind kind)
    {
        try
        {
            _process = Peer.Find(kind).Start("client", _folder);
        }
        catch
        {
            _folder.Dispose();
            throw;
        }
    }

    /// <summary>Runs a case against a server; fails with the peer's own words.</summary>
    public async Task RunAsync(string name, IPEndPoint target)
    {
        await _process.WriteLineAsync(JsonSerializer.Serialize(new Dictionary<string, string> { ["case"] = name, ["target"] = target.ToString() }));
        int wanted = ++_answers;
        await _process.WaitUntilAsync(() => Answers().Count() >= wanted, s_patience, $"the answer to {name}");
        using JsonDocument answer = JsonDocument.Parse(Answers().ElementAt(wanted - 1));
        Assert.True(answer.RootElement.GetProperty("ok").GetBoolean(), answer.RootElement.TryGetProperty("error", out JsonElement error) ? $"{name}: {error.GetString()}" : name);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Dispose();
    }

    private IEnumerable<string> Answers() =>
        _process.Lines.Where(line => !line.IsError && line.Text.StartsWith('{')).Select(line => line.Text);
}
