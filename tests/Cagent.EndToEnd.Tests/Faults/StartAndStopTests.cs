// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Runtime.Versioning;
using Cagent.TestKit.Files;
using Cagent.TestKit.Processes;
using Cagent.TestKit.Sockets;
using Cagent.TestKit.Waiting;

namespace Cagent.EndToEnd.Tests.Faults;

/// <summary>
/// Guarantee: <c>cagent up</c> starts with paths as users write them, keeps its secrets to its owner, ends on SIGTERM and SIGINT with exit
/// code 0 and leaves no process behind.
/// </summary>
[SupportedOSPlatform("linux")]
public sealed class StartAndStopTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly TemporaryFolder _folder = new();
    private readonly string _listen = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{FreePort.Find(System.Net.IPAddress.Loopback, HostSockets.Instance)}");

    public void Dispose() => _folder.Dispose();

    [EnvoyTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Up_ToldToStop_EndsWithZeroAndLeavesNothing(bool isInterrupt)
    {
        WritePolicy(_folder.Combine("cagent.yaml"));
        await using RunningProcess cagent = Up("cagent.yaml", "state");
        await ReadyAsync(cagent, "state");
        int envoy = Assert.Single(cagent.Descendants("envoy"));
        // Kept when every Envoy has accepted everything, a moment after "ready".
        await Eventually.TrueAsync(() => File.Exists(_folder.Combine("state/revisions/last-good.json")), SteadySite.Limit, "the last good revision");
        AssertPrivate(_folder.Combine("state"));

        int code = isInterrupt ? await cagent.InterruptAsync(CagentCommand.StopLimit) : await cagent.TerminateAsync(CagentCommand.StopLimit);

        Assert.Equal(0, code);
        Assert.False(Directory.Exists($"/proc/{envoy}"), "Envoy outlived cagent");
        Assert.Empty(cagent.Descendants("envoy"));
        Assert.False(File.Exists(_folder.Combine("state/ready")));
    }

    [EnvoyTheory]
    [InlineData("policy with spaces/my policy.yaml", "state with spaces/it's \"here\"")]
    [InlineData("./p/../cagent.yaml", "./a/b")]
    [InlineData("cagent.yaml", "long")]
    public async Task Up_WithUnusualPaths_GetsReady(string policy, string state)
    {
        // 108 bytes are a Unix socket's limit (unix(7)).
        state = state == "long" ? string.Join('/', Enumerable.Repeat("a-long-folder-name", 12)) : state;
        Directory.CreateDirectory(_folder.Combine("p"));
        Directory.CreateDirectory(Path.GetDirectoryName(_folder.Combine(policy))!);
        WritePolicy(_folder.Combine(policy));
        Directory.CreateDirectory(Path.GetDirectoryName(_folder.Combine(state))!);

        await using RunningProcess cagent = Up(policy, state);

        await ReadyAsync(cagent, state);
        Assert.Equal(0, await cagent.TerminateAsync(CagentCommand.StopLimit));
    }

    [EnvoyFact]
    public async Task Up_WithoutEnvoy_IsReadyOnceThePrintedCommandRuns()
    {
        string state = "state of mine";
        WritePolicy(_folder.Combine("cagent.yaml"));
        await using RunningProcess cagent = CagentCommand.Start(_folder.Path, "up", "--policy", "cagent.yaml", "--state", state, "--listen", _listen, "--envoy", "none");
        await cagent.WaitForLineAsync(line => line.StartsWith("No Envoy runs: the control plane is alone", StringComparison.Ordinal), SteadySite.Limit);
        await cagent.WaitForLineAsync(line => line.Contains("NO ENVOY", StringComparison.Ordinal), SteadySite.Limit);
        string command = (await cagent.WaitForLineAsync(line => line.StartsWith("  cd ", StringComparison.Ordinal), SteadySite.Limit)).Text;
        Assert.False(File.Exists(_folder.Combine($"{state}/ready")));
        Assert.DoesNotContain(cagent.Lines, line => line.Text.StartsWith("ready ", StringComparison.Ordinal));

        string path = $"{Path.GetDirectoryName(EnvoyBinary.Require())}:{Environment.GetEnvironmentVariable("PATH")}";
        await using (RunningProcess envoy = RunningProcess.Start("sh", ["-c", command.Replace("&& envoy", "&& exec envoy", StringComparison.Ordinal)], new Dictionary<string, string> { ["PATH"] = path }))
        {
            await ReadyAsync(cagent, state);
        }

        await cagent.WaitUntilAsync(() => !File.Exists(_folder.Combine($"{state}/ready")), SteadySite.Limit, "no ready file without an Envoy");
        Assert.Equal(0, await cagent.TerminateAsync(CagentCommand.StopLimit));
    }

    [EnvoyFact]
    public async Task Up_WithAnEnvoyThatDoesNotStayUp_SaysSoAndIsNeverReady()
    {
        WritePolicy(_folder.Combine("cagent.yaml"));
        string broken = _folder.Combine("envoy");
        await File.WriteAllTextAsync(broken, """
            #!/bin/sh
            [ "$1" = --version ] && echo "envoy  version: 0123abcd/1.40.0/Clean/RELEASE/BoringSSL" && exit
            echo "[critical][main] the disk is on fire" >&2
            exit 3

            """);
        File.SetUnixFileMode(broken, OwnerOnly | UnixFileMode.UserExecute);
        await using RunningProcess cagent = CagentCommand.Start(_folder.Path, "up", "--policy", "cagent.yaml", "--state", "state", "--listen", _listen, "--envoy", broken);

        string line = (await cagent.WaitForLineAsync(line => line.Contains("Envoy does not stay up", StringComparison.Ordinal), SteadySite.Limit)).Text;

        Assert.Contains("ERROR", line, StringComparison.Ordinal);
        Assert.Contains("with code 3", line, StringComparison.Ordinal);
        Assert.Contains("the disk is on fire", line, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.Combine("state/ready")));
        Assert.Equal(0, await cagent.TerminateAsync(CagentCommand.StopLimit));
    }

    private RunningProcess Up(string policy, string state) => CagentCommand.Start(
        _folder.Path, "up", "--policy", policy, "--state", state, "--listen", _listen, "--envoy", EnvoyBinary.Require(), "--envoy-concurrency", "1");

    private async Task ReadyAsync(RunningProcess cagent, string state)
    {
        await cagent.WaitForLineAsync(line => line.StartsWith($"ready http://{_listen} ", StringComparison.Ordinal), SteadySite.Limit);
        await Eventually.TrueAsync(() => File.Exists(_folder.Combine(Path.Combine(state, "ready"))), SteadySite.Limit, "the ready file");
    }

    private static void WritePolicy(string file) => File.WriteAllText(file, "version: 1\n");

    private static void AssertPrivate(string state)
    {
        foreach (string folder in (string[])["", "run", "pki", "logs", "revisions", "envoy"])
        {
            Assert.Equal(OwnerOnly | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.Combine(state, folder)));
        }

        foreach (string file in (string[])["pki/ca.key", "envoy/bootstrap.json", "run/admin.sock", "run/cut.sock", "run/control.sock", "revisions/last-good.json", "status.json"])
        {
            string path = Path.Combine(state, file);
            UnixFileMode mode = File.GetUnixFileMode(path) & ~UnixFileMode.UserExecute;
            Assert.True(mode == OwnerOnly, $"{file} has mode {mode}");
        }
    }
}
