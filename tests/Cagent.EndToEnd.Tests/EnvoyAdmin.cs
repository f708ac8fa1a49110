// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Net.Sockets;
using System.Text.Json;

namespace Cagent.EndToEnd.Tests;

/// <summary>Envoy's own view of itself, asked over the socket in the state folder. Thread safe.</summary>
internal sealed class EnvoyAdmin : IDisposable
{
    private readonly HttpClient _http;

    public EnvoyAdmin(string stateFolder)
    {
        UnixDomainSocketEndPoint socket = new(Path.Combine(stateFolder, "run", "admin.sock"));
        SocketsHttpHandler handler = new()
        {
            ConnectCallback = async (_, cancellationToken) =>
            {
                Socket connection = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await connection.ConnectAsync(socket, cancellationToken);
                return new NetworkStream(connection, ownsSocket: true);
            },
        };
        _http = new HttpClient(handler) { BaseAddress = new Uri("http://envoy/") };
    }

    /// <summary>The answer to one GET.</summary>
    public Task<string> GetAsync(string path) => _http.GetStringAsync(path);

    /// <summary>The same, or null while nobody answers.</summary>
    public async Task<string?> TryGetAsync(string path)
    {
        try
        {
            return await _http.GetStringAsync(path);
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    /// <summary>Counters and gauges whose names match; what Envoy has not counted yet is missing.</summary>
    public async Task<ImmutableSortedDictionary<string, long>> StatsAsync(string filter)
    {
        using JsonDocument document = JsonDocument.Parse(await _http.GetStringAsync($"stats?format=json&filter={Uri.EscapeDataString(filter)}"));
        return document.RootElement.GetProperty("stats").EnumerateArray()
            .Where(stat => stat.TryGetProperty("value", out JsonElement value) && value.ValueKind == JsonValueKind.Number)
            .ToImmutableSortedDictionary(stat => stat.GetProperty("name").GetString()!, stat => stat.GetProperty("value").GetInt64());
    }

    /// <summary>The names of all clusters that Envoy has.</summary>
    public async Task<ImmutableHashSet<string>> ClusterNamesAsync()
    {
        using JsonDocument document = JsonDocument.Parse(await _http.GetStringAsync("clusters?format=json"));
        return [.. document.RootElement.GetProperty("cluster_statuses").EnumerateArray().Select(cluster => cluster.GetProperty("name").GetString()!)];
    }

    public void Dispose() => _http.Dispose();
}
