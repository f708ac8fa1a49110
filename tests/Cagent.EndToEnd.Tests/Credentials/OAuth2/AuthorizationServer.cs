// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Cagent.TestKit.Files;
using Cagent.TestKit.Processes;

namespace Cagent.EndToEnd.Tests.Credentials.OAuth2;

/// <summary>
/// A real authorization server, <c>oidc-provider</c> in a process of its own, that rotates refresh tokens and revokes all of them when one is used
/// twice. What it gave is lost when it ends; its clients are not.
/// </summary>
internal sealed class AuthorizationServer : IAsyncDisposable
{
    /// <summary>How long its tokens live.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(4);

    private static readonly string s_folder = Path.Combine(RepositoryRoot.Path, "tests", "Cagent.EndToEnd.Tests", "Credentials", "OAuth2", "provider");

    private readonly HttpClient _http = new();
    private readonly string _secret;
    private RunningProcess _process;

    private AuthorizationServer(string secret)
    {
        _secret = secret;
        _process = Launch(0);
    }

    /// <summary>Why there is none, or null.</summary>
    public static string? Missing { get; } = Directory.Exists(Path.Combine(s_folder, "node_modules", "oidc-provider")) ? null : "No oidc-provider: it needs node, and script/oauth2-provider to install it.";

    public int Port { get; private set; }

    public string TokenUrl => $"http://127.0.0.1:{Port}/token";

    public static async Task<AuthorizationServer> StartAsync(string secret)
    {
        AuthorizationServer server = new(secret);
        await server.WaitAsync();
        return server;
    }

    public async Task StopAsync()
    {
        await _process.KillAsync();
        await _process.DisposeAsync();
    }

    /// <summary>Starts it where it was.</summary>
    public async Task StartAgainAsync()
    {
        _process = Launch(Port);
        await WaitAsync();
    }

    /// <summary>A refresh token, as a person's sign-in would have given.</summary>
    public Task<string> SeedAsync() => _http.GetStringAsync(new Uri($"http://127.0.0.1:{Port}/seed"));

    /// <summary>The access tokens that it gave, each with its end and its client, and the refresh tokens.</summary>
    public async Task<(ImmutableArray<(string Token, DateTimeOffset Ends, string Client, string Scope)> Access, ImmutableArray<string> Refresh)> IssuedAsync()
    {
        using JsonDocument document = JsonDocument.Parse(await _http.GetStringAsync(new Uri($"http://127.0.0.1:{Port}/issued")));
        return (
            [.. document.RootElement.GetProperty("issued").EnumerateArray().Select(one => (one.GetProperty("token").GetString()!, DateTimeOffset.FromUnixTimeSeconds(one.GetProperty("ends").GetInt64()), one.GetProperty("client").GetString()!, one.GetProperty("scope").GetString()!))],
            [.. document.RootElement.GetProperty("refreshes").EnumerateArray().Select(one => one.GetString()!)]);
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _http.Dispose();
    }

    private async Task WaitAsync() => Port = int.Parse(
        (await _process.WaitForLineAsync(line => line.StartsWith("ready ", StringComparison.Ordinal), TimeSpan.FromSeconds(30))).Text["ready ".Length..], CultureInfo.InvariantCulture);

    private RunningProcess Launch(int port) => RunningProcess.Start(
        "node", [Path.Combine(s_folder, "provider.mjs")],
        new Dictionary<string, string> { ["PORT"] = port.ToString(CultureInfo.InvariantCulture), ["TTL"] = Lifetime.TotalSeconds.ToString(CultureInfo.InvariantCulture), ["CLIENT_SECRET"] = _secret }.ToImmutableDictionary(),
        [_secret]);
}
