// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net;
using Cagent.TestKit.Files;
using Cagent.TestKit.Processes;
using Cagent.TestKit.Sockets;
using Cagent.TestKit.Waiting;

namespace Cagent.Xds.Clients.Tests.EnvoyProxy;

/// <summary>A real Envoy that gets everything from an xDS server, and an HTTP client of its listener.</summary>
internal sealed class EnvoyProcess : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly int _adminPort = FreePort.Find(IPAddress.Loopback);
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(10) };
    private readonly RunningProcess _process;

    /// <param name="bootstrap">Writes the file that Envoy starts with, for a port of its administration.</param>
    /// <param name="listenerPort">Where the listener is that it will get.</param>
    public EnvoyProcess(Func<int, string> bootstrap, int listenerPort)
    {
        ListenerPort = listenerPort;
        string file = _folder.Write("envoy.json", bootstrap(_adminPort));
        _process = RunningProcess.Start(
            EnvoyBinary.Require(),
            ["--config-path", file, "--disable-hot-restart", "--concurrency", "1", "--log-level", "warning", "--drain-time-s", "1"]);
    }

    public int ListenerPort { get; }

    /// <summary>Sends a request through the listener; the backend's answer, or null when there is none or it is an error.</summary>
    public async Task<string?> AskAsync()
    {
        try
        {
            using HttpResponseMessage response = await _http.GetAsync(new Uri($"http://127.0.0.1:{ListenerPort}/who"));
            return response.IsSuccessStatusCode ? await response.Content.ReadAsStringAsync() : null;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    /// <summary>Sends a request through the listener; the status of its answer.</summary>
    public async Task<int> StatusAsync(string path)
    {
        using HttpResponseMessage response = await _http.GetAsync(new Uri($"http://127.0.0.1:{ListenerPort}{path}"));
        return (int)response.StatusCode;
    }

    /// <summary>Asks until the answer is the wanted one (null: none).</summary>
    public async Task AnswersAsync(string? wanted)
    {
        try
        {
            await Eventually.TrueAsync(async () => await AskAsync() == wanted, Eventually.Patience, $"the answer {wanted ?? "(none)"}");
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{e.Message}\n{_process.Describe()}", e);
        }
    }

    /// <summary>Every counter and gauge of Envoy whose name matches a regular expression, by name.</summary>
    public async Task<IReadOnlyDictionary<string, long>> StatsAsync(string pattern)
    {
        string text = await AdminAsync($"/stats?filter={Uri.EscapeDataString(pattern)}");
        return text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(": "))
            .Where(parts => long.TryParse(parts[^1], CultureInfo.InvariantCulture, out _))
            .ToDictionary(parts => parts[0], parts => long.Parse(parts[^1], CultureInfo.InvariantCulture));
    }

    /// <summary>Whether Envoy has a cluster.</summary>
    public async Task<bool> HasClusterAsync(string name) => (await AdminAsync("/clusters")).Contains($"{name}::", StringComparison.Ordinal);

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _http.Dispose();
        _folder.Dispose();
    }

    private Task<string> AdminAsync(string path) => _http.GetStringAsync(new Uri($"http://127.0.0.1:{_adminPort}{path}"));
}
