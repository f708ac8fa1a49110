// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Cli.Tests;

public sealed class UpCommandTests
{
    [Fact]
    public async Task Up_NoArguments_TakesTheDocumentedDefaults()
    {
        CommandLine run = await CommandLine.RunAsync("up");
        Assert.Equal("configs/cagent.yaml", run.Up!.Policy);
        Assert.Equal("./.cagent", run.Up.State);
        Assert.Equal("127.0.0.1:3128", run.Up.Listen.ToString());
        Assert.Null(run.Up.Envoy);
        Assert.Null(run.Up.Concurrency);
        Assert.Equal("information", run.Up.LogLevel);
        Assert.Equal(LogFormat.Text, run.Up.LogFormat);
        Assert.False(run.Up.AllowVulnerableEnvoy);
    }

    [Fact]
    public async Task Up_AllowVulnerableEnvoy_IsTakenOnlyWhenWritten() =>
        Assert.True((await CommandLine.RunAsync("up", "--allow-vulnerable-envoy")).Up!.AllowVulnerableEnvoy);

    [Fact]
    public async Task Up_EveryArgument_IsTaken()
    {
        CommandLine run = await CommandLine.RunAsync(
            "up", "--policy", "p.yaml", "--state", "s", "--listen", "[::1]:8080", "--envoy", "none", "--envoy-concurrency", "2", "--log-level", "debug", "--log-format", "json");
        Assert.Equal(0, run.ExitCode);
        UpSettings up = run.Up!;
        Assert.Equal(("p.yaml", "s", "[::1]:8080", "none", 2, "debug", LogFormat.Json), (up.Policy, up.State, up.Listen.ToString(), up.Envoy, up.Concurrency, up.LogLevel, up.LogFormat));
    }

    [Fact]
    public async Task Up_RedirectedConnections_AreTakenAtEveryAddressGiven()
    {
        CommandLine run = await CommandLine.RunAsync("up", "--transparent-https", "0.0.0.0:15443", "--transparent-https", "[::]:15443", "--transparent-http", "10.200.0.1:15080");
        Assert.Equal(["0.0.0.0:15443", "[::]:15443"], run.Up!.Transparent.Https.Select(address => address.ToString()));
        Assert.Equal(["10.200.0.1:15080"], run.Up.Transparent.Http.Select(address => address.ToString()));
        Assert.Empty((await CommandLine.RunAsync("up")).Up!.Transparent.All);

        CommandLine refused = await CommandLine.RunAsync("up", "--transparent-http", "15080");
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("--transparent-http: \"15080\" is not ADDR:PORT", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Up_ListenersOfAgents_AreTakenWithWholePaths()
    {
        CommandLine run = await CommandLine.RunAsync(
            "up", "--agent-listener", "batch=10.0.0.1:3129", "--agent-listener", "box=/run/cagent/box.sock", "--agent-sockets", "/run/agents",
            "--mtls-listen", "[::1]:3443", "--mtls-name", "proxy.internal", "--trust-bundle", "example.org=/etc/bundle.pem");

        Assert.Equal("", run.Error);
        Assert.Equal(["batch 10.0.0.1:3129", "box /run/cagent/box.sock"], run.Up!.Agents.Named.Select(one => $"{one.Key} {one.Value}"));
        Assert.Equal("/run/agents/other.sock", run.Up.Agents.Find("other")!.ToString());
        Assert.Equal("[::1]:3443", run.Up.Agents.MutualTls!.ToString());
        Assert.Equal("/etc/bundle.pem", run.Up.Agents.TrustBundles["example.org"]);
        Assert.Equal(["proxy.internal"], run.Up.MutualTlsNames);
        Assert.Null((await CommandLine.RunAsync("up")).Up!.Agents.Find("batch"));
    }

    [Theory]
    [InlineData("--agent-listener", "batch")]
    [InlineData("--agent-listener", "batch=3129")]
    [InlineData("--agent-listener", "batch=box.sock")]
    [InlineData("--agent-listener", "ba tch=127.0.0.1:3129")]
    [InlineData("--agent-listener", "=127.0.0.1:3129")]
    [InlineData("--agent-listener", "batch=127.0.0.1:0")]
    [InlineData("--mtls-listen", "3443")]
    [InlineData("--mtls-name", "a b")]
    [InlineData("--trust-bundle", "/etc/bundle.pem")]
    [InlineData("--trust-bundle", "Example.org=/etc/bundle.pem")]
    public async Task Up_ListenerOfAgentsThatIsNone_IsRefused(string option, string value)
    {
        CommandLine run = await CommandLine.RunAsync("up", "--trust-bundle", "example.com=/etc/bundle.pem", option, value);

        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains($"{option}: \"{value}\"", run.Error, StringComparison.Ordinal);
        Assert.Null(run.Up);
    }

    [Theory]
    [InlineData("given twice", "--agent-listener", "a=127.0.0.1:1", "--agent-listener", "a=127.0.0.1:2")]
    [InlineData("given twice", "--agent-listener", "a=127.0.0.1:1", "--agent-listener", "b=127.0.0.1:1")]
    [InlineData("--trust-bundle DOMAIN=FILE", "--mtls-listen", "127.0.0.1:3443")]
    public async Task Up_ListenersOfAgentsThatDoNotFit_AreRefused(string error, params string[] arguments)
    {
        CommandLine run = await CommandLine.RunAsync(["up", .. arguments]);

        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains(error, run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("3128")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1:0")]
    [InlineData("127.0.0.1:99999")]
    [InlineData("localhost:3128")]
    public async Task Up_ListenIsNoAddressAndPort_IsRefusedWithAnExample(string listen)
    {
        CommandLine run = await CommandLine.RunAsync("up", "--listen", listen);
        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains($"\"{listen}\" is not ADDR:PORT, for example 127.0.0.1:3128", run.Error, StringComparison.Ordinal);
        Assert.Null(run.Up);
    }

    [Theory]
    [InlineData("--log-level", "loud")]
    [InlineData("--log-format", "xml")]
    [InlineData("--envoy-concurrency", "many")]
    public async Task Up_ValueOutsideItsList_IsRefused(string option, string value)
    {
        CommandLine run = await CommandLine.RunAsync("up", option, value);
        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains(value, run.Error, StringComparison.Ordinal);
        Assert.Null(run.Up);
    }
}
