// SPDX-License-Identifier: Apache-2.0
using System.Collections.Frozen;
using System.Net;
using System.Text.Json;

namespace Cagent.ControlPlane.Envoys;

/// <summary>
/// Envoy's admin interface over its Unix socket. Every call ends within 5 s and throws <see cref="HttpRequestException"/> or
/// <see cref="TaskCanceledException"/> when Envoy does not answer, except where it says otherwise. Thread safe.
/// </summary>
public sealed class EnvoyAdminClient : IDisposable
{
    private const long MaxResponseBytes = 256 * 1024 * 1024; // a config dump of 1,000 entries is 20 MB
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private readonly HttpClient _http;

    /// <summary>A client for one socket, which need not exist yet.</summary>
    public EnvoyAdminClient(string socketPath) => _http = UnixHttp.CreateClient(socketPath, Timeout, MaxResponseBytes);

    /// <summary>Whether the admin interface answers at all, ready or not. Does not throw for an Envoy that is not there.</summary>
    public async Task<bool> AnswersAsync(CancellationToken cancellationToken) =>
        await ReadyStatusAsync(cancellationToken).ConfigureAwait(false) is not null;

    /// <summary>Whether Envoy serves: <c>/ready</c> is 200. Does not throw for an Envoy that is not there.</summary>
    public async Task<bool> IsReadyAsync(CancellationToken cancellationToken) =>
        await ReadyStatusAsync(cancellationToken).ConfigureAwait(false) == HttpStatusCode.OK;

    /// <summary>The counters and gauges whose names match. Always filtered: all of them are tens of thousands.</summary>
    /// <param name="filter">An RE2 regular expression, searched in the names.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<FrozenDictionary<string, long>> StatsAsync(string filter, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(filter);
        using JsonDocument document = await GetJsonAsync("stats?format=json&filter=" + Uri.EscapeDataString(filter), cancellationToken).ConfigureAwait(false);
        Dictionary<string, long> stats = [];
        foreach (JsonElement stat in document.RootElement.GetProperty("stats").EnumerateArray())
        {
            // Histograms come as one element without a name; text readouts have no number.
            if (stat.TryGetProperty("name", out JsonElement name) && stat.TryGetProperty("value", out JsonElement value)
                && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number))
            {
                stats[name.GetString() ?? ""] = number;
            }
        }
        return stats.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>Clusters and the health of their hosts, <c>/clusters?format=json</c>.</summary>
    public Task<JsonDocument> ClustersAsync(CancellationToken cancellationToken) => GetJsonAsync("clusters?format=json", cancellationToken);

    /// <summary>Version, state and command line, <c>/server_info</c>.</summary>
    public Task<JsonDocument> ServerInfoAsync(CancellationToken cancellationToken) => GetJsonAsync("server_info", cancellationToken);

    /// <summary>The whole configuration, <c>/config_dump</c>; private keys are redacted by Envoy.</summary>
    public Task<JsonDocument> ConfigDumpAsync(CancellationToken cancellationToken) => GetJsonAsync("config_dump", cancellationToken);

    /// <summary>Ends Envoy at once, <c>POST /quitquitquit</c>.</summary>
    public async Task QuitAsync(CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await _http.PostAsync(new Uri("quitquitquit", UriKind.Relative), null, cancellationToken).ConfigureAwait(false);
        response.EnsureSuccessStatusCode();
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<HttpStatusCode?> ReadyStatusAsync(CancellationToken cancellationToken)
    {
        try
        {
            using HttpResponseMessage response = await _http.GetAsync(new Uri("ready", UriKind.Relative), cancellationToken).ConfigureAwait(false);
            return response.StatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return null;
        }
    }

    private async Task<JsonDocument> GetJsonAsync(string path, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await _http.GetAsync(new Uri(path, UriKind.Relative), cancellationToken).ConfigureAwait(false);
        response.EnsureSuccessStatusCode();
        byte[] body = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        return JsonDocument.Parse(body);
    }
}
