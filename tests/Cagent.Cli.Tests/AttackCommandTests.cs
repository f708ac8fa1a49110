// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;

namespace Cagent.Cli.Tests;

/// <summary>What <c>cagent attack</c> makes of its arguments; what it does to a data plane stands in the end-to-end tests.</summary>
public sealed class AttackCommandTests : IDisposable
{
    private const string Policy = "version: 1\ndomains:\n  - {domain: api.example.com}\nagents:\n  - {name: a1, identity: {token: {from: env, name: A1}}}\n  - {name: a2, identity: {token: {from: env, name: A2}}}\n";
    private readonly PolicyFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("--allowed", "--proxy", "http://127.0.0.1:1")]
    [InlineData("http://", "--proxy", "socks5://a1:the-token@127.0.0.1:1", "--allowed", "https://api.example.com/")]
    [InlineData("ftp://", "--proxy", "127.0.0.1:1", "--allowed", "ftp://api.example.com/")]
    [InlineData("Z9", "--proxy", "127.0.0.1:1", "--allowed", "https://api.example.com/", "--only", "A,Z9")]
    [InlineData("--timeout", "--proxy", "127.0.0.1:1", "--allowed", "https://api.example.com/", "--timeout", "soon")]
    [InlineData("--interval", "--proxy", "127.0.0.1:1", "--allowed", "https://api.example.com/", "--watch", "--interval", "1ms")]
    [InlineData("--metrics-listen", "--proxy", "127.0.0.1:1", "--allowed", "https://api.example.com/", "--watch", "--metrics-listen", "9464")]
    [InlineData("/nowhere", "--proxy", "127.0.0.1:1", "--allowed", "https://api.example.com/", "--ca", "/nowhere/ca.pem")]
    [InlineData("/nowhere", "--proxy", "127.0.0.1:1", "--allowed", "https://api.example.com/", "--canary-secret", "/nowhere/secret")]
    [InlineData("/nowhere", "--proxy", "127.0.0.1:1", "--policy", "/nowhere/cagent.yaml")]
    public async Task Attack_ArgumentsThatDoNotFit_AreNamedAndNothingIsTried(string problem, params string[] arguments)
    {
        CommandLine result = await CommandLine.RunAsync(["attack", .. arguments]);

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains(problem, result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("the-token", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Attack_PolicyWithAgents_WantsToKnowWhich()
    {
        string file = _folder.Write(Policy);

        CommandLine unknown = await CommandLine.RunAsync("attack", "--proxy", "127.0.0.1:1", "--policy", file, "--ca", "");
        CommandLine canary = await CommandLine.RunAsync("attack", "--proxy", "http://a1:the-token@127.0.0.1:1", "--policy", file, "--ca", "", "--canary", "api.example.com:443");

        Assert.Equal(2, unknown.ExitCode);
        Assert.Contains("--agent", unknown.Error, StringComparison.Ordinal);
        Assert.Equal(2, canary.ExitCode);
        Assert.Contains("--canary", canary.Error, StringComparison.Ordinal);
    }

    /// <summary>Port 1 of the loopback has no proxy: nothing is blocked, and nothing got through.</summary>
    [Fact]
    public async Task Attack_WithoutAProxy_IsInconclusive()
    {
        string file = _folder.Write(Policy);
        string[] arguments = ["attack", "--proxy", "http://a1:the-token@127.0.0.1:1", "--policy", file, "--ca", "", "--only", "A,H1"];

        CommandLine text = await CommandLine.RunAsync(arguments);
        CommandLine json = await CommandLine.RunAsync([.. arguments, "--json"]);

        Assert.Equal((2, 2), (text.ExitCode, json.ExitCode));
        Assert.Contains("inconclusive", text.Output, StringComparison.Ordinal);
        Assert.Contains("any certificate", text.Output, StringComparison.Ordinal);
        JsonNode report = JsonNode.Parse(json.Output)!;
        Assert.Equal("inconclusive", report["verdict"]!.GetValue<string>());
        Assert.Equal(16, report["attacks"]!.AsArray().Count);
        Assert.DoesNotContain("the-token", text.Output + json.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--listen", "--listen", "8443")]
    [InlineData("--control", "--listen", "127.0.0.1:0", "--control", "nowhere")]
    [InlineData("/nowhere", "--listen", "127.0.0.1:0", "--seen", "/nowhere/seen.json")]
    public async Task Canary_ThatCannotListenOrWrite_SaysSo(string problem, params string[] arguments)
    {
        CommandLine result = await CommandLine.RunAsync(["attack", "canary", .. arguments]);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains(problem, result.Error, StringComparison.Ordinal);
    }
}
