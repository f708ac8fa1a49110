// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;

namespace Cagent.Cli.Tests;

/// <summary>What <c>diff</c> calls wider and narrower, and its exit codes.</summary>
public sealed class DiffCommandTests
{
    [Theory]
    [InlineData("{domain: a.test}", "{domain: a.test}, {domain: b.test, read_only: true}", 3, "+ b.test:443", "widened: new: https, GET,HEAD,OPTIONS /**")]
    [InlineData("{domain: a.test}, {domain: b.test}", "{domain: a.test}", 2, "- b.test:443", "narrowed: gone: https, every method and path")]
    [InlineData("{domain: a.test, allow: [GET /v1/**]}", "{domain: a.test, allow: [GET /v1/**, POST /v1/x]}", 3, "~ a.test:443", "widened: now allowed: POST /v1/x")]
    [InlineData("{domain: a.test}", "{domain: a.test, deny: [DELETE /x]}", 2, "~ a.test:443", "narrowed: no longer allowed: DELETE /x")]
    [InlineData("{domain: a.test, allow: [GET /a/*]}", "{domain: a.test, allow: [GET /a/**]}", 3, "~ a.test:443", "GET /a/*/*")]
    [InlineData("{domain: a.test, allow: [GET /a]}", "{domain: a.test, allow: [GET /b]}", 3, "widened: now allowed: GET /b", "narrowed: no longer allowed: GET /a")]
    [InlineData("{domain: a.test}", "{domain: a.test, credential: {use: key, header: Authorization}}", 3, "may now use the credential key (authorization: {value})", "1 differences")]
    [InlineData("{domain: a.test, credential: {use: key, header: Authorization}}", "{domain: a.test}", 2, "no longer uses the credential key", "narrowed")]
    [InlineData("{domain: a.test}", "{domain: a.test, tls: passthrough}", 3, "https became https passed through", "widened")]
    [InlineData("{domain: a.test}", "{domain: a.test, websocket: true}", 3, "WebSocket is allowed", "widened")]
    [InlineData("{domain: a.test}", "{domain: a.test, addresses: [10.0.0.0/8]}", 3, "public addresses became 10.0.0.0/8", "widened")]
    [InlineData("{domain: a.test}", "{domain: a.test, timeout: 5m}", 0, "timeout 00:00:30 became 00:05:00", "same reach")]
    [InlineData("{domain: \"**.w.test\"}", "{domain: \"**.w.test\"}, {domain: \"*.w.test\", read_only: true}", 2, "~ *.w.test:443", "no longer allowed: POST,")]
    public async Task Diff_Change_IsNamed(string before, string after, int exitCode, string first, string second)
    {
        using PolicyFolder folder = new();
        CommandLine run = await CommandLine.RunAsync("diff", folder.Write(Policy(before), "old.yaml"), folder.Write(Policy(after), "new.yaml"));
        Assert.Equal("", run.Error);
        Assert.Contains(first, run.Output, StringComparison.Ordinal);
        Assert.Contains(second, run.Output, StringComparison.Ordinal);
        Assert.Equal(exitCode, run.ExitCode);
    }

    [Theory]
    [InlineData("{domain: a.test}, {domain: b.test}", "{domain: B.test}, {domain: a.test}")]
    [InlineData("{domain: a.test, read_only: true}", "{domain: a.test, allow: [\"GET,HEAD,OPTIONS /**\"]}")]
    [InlineData("{domain: a.test, allow: [\"GET,POST /x\"]}", "{domain: a.test, allow: [POST /x, GET /x]}")]
    [InlineData("{domain: \"**.w.test\", read_only: true}", "{domain: \"**.w.test\", read_only: true}, {domain: \"*.w.test\", read_only: true}")]
    public async Task Diff_SameMeaning_IsNoDifference(string before, string after)
    {
        using PolicyFolder folder = new();
        CommandLine run = await CommandLine.RunAsync("diff", folder.Write(Policy(before), "old.yaml"), folder.Write(Policy(after), "new.yaml"));
        Assert.Equal((0, "no difference"), (run.ExitCode, run.Output.Trim()));
    }

    [Fact]
    public async Task Diff_Json_SaysTheSame()
    {
        using PolicyFolder folder = new();
        CommandLine run = await CommandLine.RunAsync("diff", folder.Write(Policy("{domain: a.test}"), "old.yaml"), folder.Write(Policy("{domain: b.test}"), "new.yaml"), "--output", "json");
        JsonNode json = JsonNode.Parse(run.Output)!;
        Assert.Equal(("widened and narrowed", 2, 3), ((string)json["effect"]!, json["differences"]!.AsArray().Count, run.ExitCode));
    }

    [Fact]
    public async Task Diff_InvalidPolicy_ExitsWith1()
    {
        using PolicyFolder folder = new();
        CommandLine run = await CommandLine.RunAsync("diff", folder.Write(Policy("{domain: a.test}"), "old.yaml"), folder.Write("version: 2", "new.yaml"));
        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Contains("new.yaml:1:", run.Error, StringComparison.Ordinal);
    }

    private static string Policy(string domains) => $"version: 1\ncredentials: {{key: {{from: env, name: KEY}}}}\ndomains: [{domains}]\n";
}
