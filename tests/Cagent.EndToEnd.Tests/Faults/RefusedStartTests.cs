// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Cagent.TestKit.Files;
using Cagent.TestKit.Processes;
using Cagent.TestKit.Waiting;
using Cagent.TestKit.Sockets;

namespace Cagent.EndToEnd.Tests.Faults;

/// <summary>Guarantee: a start that cannot work ends with exit code 1, one message that says what to do, and nothing left running.</summary>
public sealed class RefusedStartTests : IDisposable
{
    private const string NoPolicy = "there is no last good policy; nothing was started";
    private readonly TemporaryFolder _folder = new();
    private readonly int _port = FreePort.Find(IPAddress.Loopback, HostSockets.Instance);

    public void Dispose() => _folder.Dispose();

    [EnvoyTheory]
    [InlineData(null, "cagent.yaml:1:1: error CAG1064: the policy file the file does not exist")]
    [InlineData("", "cagent.yaml:1:1: error CAG1005: ")]
    [InlineData("version: 1\ndomians: []\n", "cagent.yaml:2:1: error CAG1007: unknown key \"domians\"; did you mean \"domains\"?")]
    [InlineData("version: 1\ndefaults: {tls: {mode: intercept, trusted_ca: /nonexistent}}\n", "error CAG1063: the trusted_ca file \"/nonexistent\" does not exist")]
    public async Task Attack_G7_PolicyThatDoesNotLoad(string? policy, string diagnostic)
    {
        if (policy is not null)
        {
            await File.WriteAllTextAsync(_folder.Combine("cagent.yaml"), policy);
        }

        (int code, string errors, string output) = await UpAsync();

        Assert.Equal(1, code);
        Assert.Contains(diagnostic, errors, StringComparison.Ordinal);
        Assert.EndsWith(NoPolicy, errors, StringComparison.Ordinal);
        Assert.DoesNotContain("ready ", output, StringComparison.Ordinal);
        Assert.Equal("invalid", StatusDocument.Read(_folder.Combine("state")).State);
    }

    [EnvoyFact]
    public async Task Up_OnATakenPort_NamesThePort()
    {
        WritePolicy();
        using TcpListener taken = new(IPAddress.Loopback, _port);
        await Eventually.TrueAsync(() => TryStart(taken), SteadySite.Limit, "the killed Envoy's port");

        AssertRefused(await UpAsync(), $"cagent: cannot listen on 127.0.0.1:{_port}: ", "choose another --listen ADDR:PORT");
    }

    [EnvoyFact]
    public async Task Up_BesideAnotherCagent_IsRefusedOnTheSameStateAndOnTheSamePort()
    {
        WritePolicy();
        await using RunningProcess first = CagentCommand.Start(_folder.Path, Arguments(EnvoyBinary.Require()));
        await first.WaitForLineAsync(line => line.StartsWith("ready ", StringComparison.Ordinal), SteadySite.Limit);

        AssertRefused(await UpAsync(), "cagent: the state directory ", "is in use by another cagent (pid ", "or give this one another --state");
        AssertRefused(await UpAsync("--state", "other"), $"cagent: cannot listen on 127.0.0.1:{_port}: ");

        Assert.True(File.Exists(_folder.Combine("state/ready")), "the refused one cleared the ready file of the first");
        Assert.Single(first.Descendants("envoy"));
    }

    [EnvoyFact]
    public async Task Up_AfterEverythingWasKilled_NamesAPortThatWasTakenSince()
    {
        WritePolicy();
        await using (RunningProcess first = CagentCommand.Start(_folder.Path, Arguments(EnvoyBinary.Require())))
        {
            await first.WaitForLineAsync(line => line.StartsWith("ready ", StringComparison.Ordinal), SteadySite.Limit);
        }

        using TcpListener taken = new(IPAddress.Loopback, _port);
        await Eventually.TrueAsync(() => TryStart(taken), SteadySite.Limit, "the killed Envoy's port");
        Assert.True(File.Exists(_folder.Combine("state/run/envoy.pid")), "nothing is left of the killed Envoy");
        AssertRefused(await UpAsync(), $"cagent: cannot listen on 127.0.0.1:{_port}: ");
    }

    [Theory]
    [InlineData("/nonexistent/envoy", "there is no Envoy at /nonexistent/envoy; install Envoy 1.40.0 or name the executable with --envoy or ENVOY_BIN")]
    [InlineData("/bin/true", "/bin/true --version did not answer like Envoy")]
    [InlineData("/etc/passwd", "/etc/passwd is not executable; run: chmod +x /etc/passwd")]
    [InlineData("/tmp", "there is no Envoy at /tmp")]
    public async Task Up_WithoutAUsableEnvoy_SaysWhatIsWrongWithIt(string envoy, string message)
    {
        WritePolicy();
        AssertRefused(await CagentCommand.RunAsync(_folder.Path, Arguments(envoy)), "cagent: " + message);
    }

    [Theory]
    [InlineData("--listen", "3128")]
    [InlineData("--listen", "localhost:3128")]
    [InlineData("--log-level", "loud")]
    [InlineData("--polcy", "x")]
    public async Task Up_WithAWrongArgument_NamesIt(string option, string value)
    {
        (int code, string errors, _) = await CagentCommand.RunAsync(_folder.Path, "up", option, value);
        Assert.Equal(1, code);
        Assert.True(errors.Contains(option, StringComparison.Ordinal) || errors.Contains(value, StringComparison.Ordinal), errors);
    }

    [Fact]
    public async Task Up_OnAStateFolderThatIsAFile_SaysSo()
    {
        WritePolicy();
        await File.WriteAllTextAsync(_folder.Combine("state"), "");
        (int code, string errors, _) = await CagentCommand.RunAsync(_folder.Path, Arguments("none"));
        Assert.Equal(1, code);
        Assert.StartsWith("cagent: ", errors, StringComparison.Ordinal);
        Assert.Contains("state", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_OfUp_HasExamples()
    {
        (int code, _, string output) = await CagentCommand.RunAsync(_folder.Path, "up", "--help");
        Assert.Equal(0, code);
        Assert.Contains("Examples:", output, StringComparison.Ordinal);
        Assert.Contains("cagent up --policy prod.yaml --listen 0.0.0.0:3128 --state /var/lib/cagent", output, StringComparison.Ordinal);
        Assert.Contains("--envoy none", output, StringComparison.Ordinal);
    }

    private static void AssertRefused((int Code, string Errors, string Output) run, params string[] words)
    {
        Assert.Equal(1, run.Code);
        string last = run.Errors.Split('\n')[^1];
        Assert.All(words, word => Assert.Contains(word, last, StringComparison.Ordinal));
        Assert.DoesNotContain("   at ", run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("ready ", run.Output, StringComparison.Ordinal);
    }

    private void WritePolicy() => File.WriteAllText(_folder.Combine("cagent.yaml"), "version: 1\n");

    private string[] Arguments(string envoy) =>
    [
        "up", "--policy", "cagent.yaml", "--state", "state", "--listen", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_port}"),
        "--envoy", envoy, "--envoy-concurrency", "1",
    ];

    private Task<(int Code, string Errors, string Output)> UpAsync(params string[] replaced)
    {
        string[] arguments = Arguments(EnvoyBinary.Require());
        for (int i = 0; i < replaced.Length; i += 2)
        {
            arguments[Array.IndexOf(arguments, replaced[i]) + 1] = replaced[i + 1];
        }

        return CagentCommand.RunAsync(_folder.Path, arguments);
    }

    private static bool TryStart(TcpListener listener)
    {
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
