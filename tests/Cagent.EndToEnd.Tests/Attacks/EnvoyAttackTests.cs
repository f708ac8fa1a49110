// SPDX-License-Identifier: Apache-2.0
using System.Runtime.Versioning;
using System.Text.Json;
using Cagent.TestKit.Processes;

namespace Cagent.EndToEnd.Tests.Attacks;

/// <summary>Group H of the attacks: what the running Envoy says of its own configuration. Faults of Envoy's that are mended must not be brought back by a switch.</summary>
[SupportedOSPlatform("linux")]
public sealed class EnvoyAttackTests(AttackDeployment shared) : IClassFixture<AttackDeployment>
{
    [EnvoyFact]
    public async Task Attack_H4_RuntimeGuardsSwitchedBack()
    {
        JsonElement bootstrap = (await DumpAsync()).First(config => Type(config).EndsWith("BootstrapConfigDump", StringComparison.Ordinal)).GetProperty("bootstrap");

        JsonElement[] layers = [.. bootstrap.GetProperty("layered_runtime").GetProperty("layers").EnumerateArray()];
        JsonProperty only = Assert.Single(layers.SelectMany(layer => layer.TryGetProperty("static_layer", out JsonElement values) ? values.EnumerateObject() : []));
        Assert.Equal(("envoy.reloadable_features.strict_chunk_parsing", JsonValueKind.True), (only.Name, only.Value.ValueKind));
        // The other layer is Envoy's admin interface, which refuses to change it.
        Assert.Equal(["static", "admin"], layers.Select(layer => layer.GetProperty("name").GetString()));
        using EnvoyAdmin admin = new(shared.Deployment.Cagent.StateFolder);
        await Assert.ThrowsAsync<HttpRequestException>(() => admin.GetAsync("/runtime_modify?envoy.reloadable_features.strict_chunk_parsing=false"));
    }

    /// <summary>A timeout of zero is none at all (Envoy 1.38), and a failure that is let through is no failure.</summary>
    [EnvoyFact]
    public async Task Attack_H4_FiltersThatFailOpen()
    {
        JsonElement[] filters = [.. (await DumpAsync()).SelectMany(Objects).Where(value => value.TryGetProperty("name", out _) && value.TryGetProperty("typed_config", out _)).Select(value => value.GetProperty("typed_config"))];

        JsonElement[] questions = [.. filters.Where(filter => Type(filter).EndsWith("ext_authz.v3.ExtAuthz", StringComparison.Ordinal))];
        Assert.NotEmpty(questions);
        Assert.All(questions, filter =>
        {
            Assert.False(filter.TryGetProperty("failure_mode_allow", out _), "fails open");
            Assert.Matches("^[1-9][0-9.]*s$", filter.GetProperty("grpc_service").GetProperty("timeout").GetString());
        });
        JsonElement[] routers = [.. filters.Where(filter => Type(filter).EndsWith("router.v3.Router", StringComparison.Ordinal) && filter.TryGetProperty("upstream_http_filters", out _))];
        Assert.NotEmpty(routers);
        Assert.All(routers, filter => Assert.True(filter.GetProperty("reject_connect_request_early_data").GetBoolean()));
        Assert.DoesNotContain(filters, filter => Type(filter).Contains("dynamic_modules", StringComparison.Ordinal));
    }

    /// <summary>The admin interface is a Unix socket that only the proxy's user may open, and nothing else of ours listens but the proxy.</summary>
    [EnvoyFact]
    public async Task Attack_C7_ListenersThatAnAgentCouldReach()
    {
        string state = shared.Deployment.Cagent.StateFolder;
        using EnvoyAdmin admin = new(state);
        string[] listeners = (await admin.GetAsync("/listeners")).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        string reachable = Assert.Single(listeners, line => !line.Contains("::run/", StringComparison.Ordinal) && !line.Contains("envoy_internal", StringComparison.Ordinal) && line.Contains("127.", StringComparison.Ordinal));
        Assert.EndsWith($":{shared.Deployment.Cagent.Proxy.Port}", reachable, StringComparison.Ordinal);
        const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
        Assert.All(Directory.EnumerateFiles(Path.Combine(state, "run"), "*.sock"), socket => Assert.True(
            (File.GetUnixFileMode(socket) & Others) == 0 || (File.GetUnixFileMode(Path.GetDirectoryName(socket)!) & Others) == 0, socket));
    }

    private async Task<JsonElement[]> DumpAsync()
    {
        using EnvoyAdmin admin = new(shared.Deployment.Cagent.StateFolder);
        return [.. JsonDocument.Parse(await admin.GetAsync("/config_dump")).RootElement.GetProperty("configs").EnumerateArray()];
    }

    private static string Type(JsonElement value) => value.TryGetProperty("@type", out JsonElement type) ? type.GetString()! : "";

    private static IEnumerable<JsonElement> Objects(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().SelectMany(member => Objects(member.Value)).Prepend(value),
        JsonValueKind.Array => value.EnumerateArray().SelectMany(Objects),
        _ => [],
    };
}
