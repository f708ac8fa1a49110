// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cagent.TestKit.Files;
using Cagent.TestKit.Http;
using Cagent.TestKit.Processes;
using Cagent.TestKit.Sockets;
using Cagent.TestKit.Waiting;
using Microsoft.AspNetCore.Http;

namespace Cagent.EndToEnd.Tests.Credentials;

/// <summary>
/// Guarantee: a response that the guard cannot look through does not pass. The product's script, in an Envoy that tells it of a credential
/// which the request does not hold.
/// </summary>
public sealed class ResponseGuardFaultTests
{
    private const string Secret = "sk-canary-of-this-test";

    [EnvoyTheory]
    [InlineData("header authorization 7 0", false)]
    [InlineData("nonsense", true)]
    [InlineData("header x-not-sent 0 0", true)]
    [InlineData("header authorization 700 0", true)]
    [InlineData("query key 0 0", true)]
    [InlineData("basic authorization 0 0", true)]
    public async Task Response_ThatCannotBeSearched_IsReplaced(string injected, bool isReplaced)
    {
        using TemporaryFolder folder = new();
        await using Upstream upstream = await Upstream.StartAsync(new UpstreamOptions());
        upstream.Handle("/", context =>
        {
            context.Response.Headers["x-echo"] = context.Request.Headers.Authorization;
            return context.Response.WriteAsync(new string('b', 100_000));
        });
        int port = FreePort.Find(IPAddress.Loopback);
        string file = folder.Combine("envoy.json");
        await File.WriteAllTextAsync(file, Bootstrap(port, upstream.Port, injected).ToJsonString());
        await using RunningProcess envoy = RunningProcess.Start(EnvoyBinary.Require(), ["-c", file, "--use-dynamic-base-id", "--concurrency", "1", "-l", "warning"]);
        using HttpClient http = new() { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        http.DefaultRequestHeaders.TryAddWithoutValidation("authorization", "Bearer " + Secret);

        HttpResponseMessage? answer = null;
        await Eventually.TrueAsync(async () => (answer = await TryAsync(http)) is not null, Eventually.Patience, "an answer of Envoy");
        using HttpResponseMessage response = answer!;
        string body = await response.Content.ReadAsStringAsync();

        Assert.DoesNotContain(response.Headers, header => header.Value.Any(value => value.Contains(Secret, StringComparison.Ordinal)));
        Assert.Equal(isReplaced ? HttpStatusCode.BadGateway : HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(isReplaced ? null : "Bearer [redacted]", response.Headers.TryGetValues("x-echo", out IEnumerable<string>? echo) ? string.Join(",", echo) : null);
        if (isReplaced)
        {
            Assert.Equal("response_guard_failed", Assert.Single(response.Headers.GetValues("x-cagent-denied")));
            Assert.Equal("response_guard_failed", JsonDocument.Parse(body).RootElement.GetProperty("reason").GetString());
        }
    }

    private static async Task<HttpResponseMessage?> TryAsync(HttpClient http)
    {
        try
        {
            return await http.GetAsync("/");
        }
        catch (HttpRequestException)
        {
            return null; // not listening yet
        }
    }

    private static JsonObject Bootstrap(int port, int upstream, string injected)
    {
        JsonObject manager = Typed("envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager");
        manager["stat_prefix"] = "test";
        manager["route_config"] = JsonNode.Parse("""
            {"virtual_hosts": [{"name": "all", "domains": ["*"], "routes": [{"match": {"prefix": "/"}, "route": {"cluster": "up"},
              "typed_per_filter_config": {"guard": {"@type": "type.googleapis.com/envoy.extensions.filters.http.lua.v3.LuaPerRoute", "name": "response-guard"}}}]}]}
            """);
        JsonObject metadata = Typed("envoy.extensions.filters.http.set_metadata.v3.Config");
        metadata["metadata"] = new JsonArray(new JsonObject { ["metadata_namespace"] = "envoy.filters.http.ext_authz", ["value"] = new JsonObject { ["injected"] = injected } });
        JsonObject lua = Typed("envoy.extensions.filters.http.lua.v3.Lua");
        lua["source_codes"] = new JsonObject
        {
            ["response-guard"] = new JsonObject { ["inline_string"] = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "src", "Cagent.Compiler", "Envoy", "response-guard.lua")) },
        };
        manager["http_filters"] = new JsonArray(Named("metadata", metadata), Named("guard", lua), Named("router", Typed("envoy.extensions.filters.http.router.v3.Router")));
        return new JsonObject
        {
            ["static_resources"] = new JsonObject
            {
                ["listeners"] = new JsonArray(new JsonObject
                {
                    ["address"] = Address(port),
                    ["filter_chains"] = new JsonArray(new JsonObject { ["filters"] = new JsonArray(Named("http", manager)) }),
                }),
                ["clusters"] = new JsonArray(new JsonObject
                {
                    ["name"] = "up",
                    ["load_assignment"] = new JsonObject
                    {
                        ["cluster_name"] = "up",
                        ["endpoints"] = new JsonArray(new JsonObject { ["lb_endpoints"] = new JsonArray(new JsonObject { ["endpoint"] = new JsonObject { ["address"] = Address(upstream) } }) }),
                    },
                }),
            },
        };
    }

    private static JsonObject Typed(string type) => new() { ["@type"] = "type.googleapis.com/" + type };

    private static JsonObject Named(string name, JsonObject config) => new() { ["name"] = name, ["typed_config"] = config };

    private static JsonObject Address(int port) =>
        JsonNode.Parse(string.Create(CultureInfo.InvariantCulture, $$$"""{"socket_address": {"address": "127.0.0.1", "port_value": {{{port}}}}}"""))!.AsObject();
}
