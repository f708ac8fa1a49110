// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Text.Json;
using Cagent.EndToEnd.Tests.Faults;
using Cagent.TestKit.Clients;
using Cagent.TestKit.Files;
using Cagent.TestKit.Http;
using Cagent.TestKit.Processes;
using Cagent.TestKit.Sockets;
using Cagent.TestKit.Waiting;
using Envoy.Config.Core.V3;
using Grpc.Core;
using Status = Grpc.Core.Status;

namespace Cagent.EndToEnd.Tests.Attacks;

/// <summary>Group H of the attacks: an Envoy with known holes does not enforce a policy, unless an operator insists.</summary>
public sealed class VersionAttackTests : IDisposable
{
    private const string Host = "api.example.com";
    private const string Override = "--allow-vulnerable-envoy";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [EnvoyFact]
    public async Task Attack_H1_EnvoyBelowTheFloorBesideAGoodOne_IsRefusedAndShown_AndTheGoodOneServes()
    {
        await using Deployment deployment = new();
        Upstream upstream = await StartAsync(deployment);
        foreach (Node node in (Node[])[Old("edge-old"), new Node { Id = "edge-silent", UserAgentName = "envoy" }, new Node { Id = "edge-odd", UserAgentName = "envoy", UserAgentVersion = "v1" }])
        {
            using PosingEnvoy posing = new(deployment.Cagent.StateFolder);
            using CancellationTokenSource limit = new(SteadySite.Limit);
            (var response, Status end) = await posing.AskAsync(node, limit.Token);
            Assert.Null(response);
            Assert.Equal(StatusCode.FailedPrecondition, end.StatusCode);
            Assert.Contains("security floor (1.36.10, 1.37.6, 1.38.4, 1.39.1, 1.40.0 or newer)", end.Detail, StringComparison.Ordinal);
            // Log lines come a moment later.
            await deployment.Cagent.WaitForLineAsync(line => line.Contains($"Node {node.Id} from ", StringComparison.Ordinal) && line.Contains(end.Detail, StringComparison.Ordinal), SteadySite.Limit);
        }

        (int code, string errors, string output) = await CagentCommand.RunAsync(_folder.Path, "status", "--json", "--state", deployment.Cagent.StateFolder);
        Assert.True(code == 0, errors);
        using JsonDocument status = JsonDocument.Parse(output);
        Assert.Equal(["edge-old", "edge-silent", "edge-odd"], status.RootElement.GetProperty("refused_nodes").EnumerateArray().Select(node => node.GetProperty("id").GetString()));
        JsonElement served = Assert.Single(status.RootElement.GetProperty("nodes").EnumerateArray());
        Assert.Equal(("1.40.0", false), (served.GetProperty("version").GetString(), served.GetProperty("below_security_floor").GetBoolean()));
        await Eventually.TrueAsync(
            () => File.ReadAllText(Path.Combine(deployment.Cagent.StateFolder, "status.json")).Contains("edge-odd", StringComparison.Ordinal), "status.json with the refused nodes");
        (_, _, string table) = await CagentCommand.RunAsync(_folder.Path, "status", "--state", deployment.Cagent.StateFolder);
        Assert.Contains("edge-old: Envoy 1.39.0 is below the security floor", table, StringComparison.Ordinal);
        await ShouldServeAsync(deployment, upstream);
    }

    [EnvoyFact]
    public async Task Attack_H1_Override_ServesItWithAWarningAndAMark()
    {
        await using Deployment deployment = new();
        Upstream upstream = await StartAsync(deployment, Override);
        using PosingEnvoy posing = new(deployment.Cagent.StateFolder);
        using CancellationTokenSource limit = new(SteadySite.Limit);

        (var response, _) = await posing.AskAsync(Old("edge-old"), limit.Token);

        Assert.NotEmpty(response!.Resources);
        await deployment.Cagent.WaitForLineAsync(
            line => line.Contains("node edge-old is served all the same (--allow-vulnerable-envoy): Envoy 1.39.0 is below", StringComparison.Ordinal), SteadySite.Limit);
        (_, _, string output) = await CagentCommand.RunAsync(_folder.Path, "status", "--json", "--state", deployment.Cagent.StateFolder);
        using JsonDocument status = JsonDocument.Parse(output);
        Assert.Equal(
            [("edge-old", "1.39.0", true), ("envoy", "1.40.0", false)],
            status.RootElement.GetProperty("nodes").EnumerateArray().Select(node =>
                (node.GetProperty("id").GetString()!, node.GetProperty("version").GetString()!, node.GetProperty("below_security_floor").GetBoolean())).Order());
        await ShouldServeAsync(deployment, upstream);
    }

    /// <summary>The executable is asked before it runs; here one that says it is older than it is.</summary>
    [EnvoyFact]
    public async Task Attack_H1_BinaryBelowTheFloor_EndsTheStartWithAHint_AndRunsWithTheOverride()
    {
        string binary = _folder.Combine("envoy");
        await File.WriteAllTextAsync(binary, $"""
            #!/bin/sh
            if [ "$1" = --version ]; then echo "envoy  version: 9e55/1.39.0/Clean/RELEASE/BoringSSL"; exit 0; fi
            exec '{EnvoyBinary.Require()}' "$@"

            """);
        File.SetUnixFileMode(binary, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await File.WriteAllTextAsync(_folder.Combine("cagent.yaml"), "version: 1\n");

        (int code, string errors, string output) = await CagentCommand.RunAsync(_folder.Path, "up", "--policy", "cagent.yaml", "--listen", $"127.0.0.1:{FreePort.Find(IPAddress.Loopback, HostSockets.Instance)}", "--envoy", binary);

        Assert.Equal(1, code);
        string last = errors.Split('\n')[^1];
        Assert.StartsWith($"cagent: Envoy 1.39.0 at {binary} is below the security floor (1.36.10, 1.37.6, 1.38.4, 1.39.1, 1.40.0 or newer)", last, StringComparison.Ordinal);
        Assert.Contains("--envoy or ENVOY_BIN, or give --allow-vulnerable-envoy", last, StringComparison.Ordinal);
        Assert.DoesNotContain("ready ", output, StringComparison.Ordinal);

        await using Deployment deployment = new();
        Upstream upstream = await StartAsync(deployment, Override, binary);
        Assert.Contains(deployment.Cagent.Lines, line => line.Text.Contains("is below the security floor", StringComparison.Ordinal) && line.Text.Contains("runs all the same", StringComparison.Ordinal));
        await ShouldServeAsync(deployment, upstream);
    }

    private static Node Old(string id) => new()
    {
        Id = id,
        UserAgentName = "envoy",
        UserAgentBuildVersion = new BuildVersion { Version = new() { MajorNumber = 1, MinorNumber = 39, Patch = 0 } },
    };

    private static async Task<Upstream> StartAsync(Deployment deployment, string? argument = null, string? envoy = null)
    {
        Upstream upstream = await deployment.Internet.AddHttpsAsync(Host);
        string policy = deployment.Head + "domains:\n" + Deployment.Entry(Host, upstream);
        await deployment.StartAsync(policy, new CagentOptions { Policy = policy, Envoy = envoy, StartTimeout = TimeSpan.FromSeconds(90), Arguments = [.. argument is null ? [] : (string[])[argument], "--envoy-concurrency", "1"] });
        return upstream;
    }

    private static async Task ShouldServeAsync(Deployment deployment, Upstream upstream)
    {
        using ProxyHttp http = deployment.Http();
        using HttpResponseMessage answer = await http.Client.GetAsync($"https://{Host}:{upstream.Port}/");
        Assert.Equal(200, (int)answer.StatusCode);
    }
}
