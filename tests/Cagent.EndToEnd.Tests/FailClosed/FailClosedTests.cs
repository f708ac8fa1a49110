// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Globalization;
using Cagent.EndToEnd.Tests.Faults;
using Cagent.TestKit.Files;
using Cagent.TestKit.Processes;
using Cagent.TestKit.Waiting;

namespace Cagent.EndToEnd.Tests.FailClosed;

/// <summary>
/// Guarantee: whatever part is missing, late or wrong, nothing opens that the policy does not allow. What becomes of the rest is the row of
/// <c>docs/fail-closed.md</c> with the fault's name, word for word.
/// </summary>
public sealed class FailClosedTests
{
    private const string Denied = "503 policy_unavailable";

    [EnvoyFact]
    public async Task Cagent_Killed_DeniesWhatIsNewAndComesBack()
    {
        await using FailingSite site = await FailingSite.StartAsync();
        await site.Cagent.KillAsync();

        await AssertOutcomeAsync(site, "Cagent killed");
        await site.AssertStaysClosedAsync();

        await site.StartCagentAsync(site.Policy);
        await site.RecoversAsync();
    }

    [EnvoyFact]
    public async Task Cagent_NotAnswering_DeniesWhatIsNewAndComesBack()
    {
        await using FailingSite site = await FailingSite.StartAsync();
        await site.Cagent.Process.PauseAsync();
        try
        {
            await AssertOutcomeAsync(site, "Cagent does not answer");
            await site.AssertStaysClosedAsync();
        }
        finally
        {
            site.Cagent.Process.Resume();
        }

        await site.RecoversAsync();
    }

    [EnvoyTheory]
    [InlineData("garbage", Denied)]
    [InlineData("error", Denied)]
    [InlineData("unavailable", Denied)]
    [InlineData("never", Denied)]
    [InlineData("denied without more", "403")]
    public async Task Decisions_Wrong_AllowNothing(string kind, string answer)
    {
        await using FailingSite site = await FailingSite.StartAsync();
        await site.Cagent.KillAsync();
        await using WrongAnswers wrong = await WrongAnswers.StartAsync(Path.Combine(site.StateFolder, "run", "control.sock"), kind);
        await Eventually.TrueAsync(async () => await site.SecondAsync() == answer && wrong.Asked > 0, FailingSite.Limit, "Envoy to ask the wrong one");

        Assert.Equal($"http: {answer}; intercepted: {answer}; pass-through: {answer}; open WebSocket: lives", await site.OutcomeAsync());
        await site.AssertStaysClosedAsync();
        AssertRow("Decisions are wrong", $"http: {Denied}; intercepted: {Denied}; pass-through: {Denied}; open WebSocket: lives");
    }

    [EnvoyFact]
    public async Task Dns_Gone_FailsWhatIsResolvedAnew()
    {
        await using FailingSite site = await FailingSite.StartAsync(startsCagent: false);
        string nobody = $"127.0.0.1:{TestKit.Sockets.FreePort.Find(System.Net.IPAddress.Loopback)}";
        await site.StartCagentAsync(site.Policy.Replace(site.Deployment.Internet.PolicyDns, nobody, StringComparison.Ordinal));

        await AssertOutcomeAsync(site, "DNS gone since the start");
        await site.AssertStaysClosedAsync();
    }

    [EnvoyFact]
    public async Task Disk_Full_LosesLinesOfTheLogAndNothingElse()
    {
        await using FailingSite site = await FailingSite.StartAsync(startsCagent: false);
        string folder = Directory.CreateDirectory(Path.Combine(site.StateFolder, "logs")).FullName;
        File.CreateSymbolicLink(Path.Combine(folder, "access.log"), "/dev/full");
        await site.StartCagentAsync(site.Policy);
        await site.OpenAsync();

        await AssertOutcomeAsync(site, "Disk full");
        await site.AssertStaysClosedAsync();
        await site.Cagent.WaitForLineAsync(line => line.Contains("access.log", StringComparison.Ordinal) && line.Contains("No space left", StringComparison.Ordinal), FailingSite.Limit);
    }

    [EnvoyFact]
    public async Task Policy_Empty_AllowsNothing()
    {
        await using FailingSite site = await FailingSite.StartAsync();
        site.Cagent.WritePolicy("version: 1\n");
        await Eventually.TrueAsync(async () => await site.SecondAsync() == "403 host_not_allowed", FailingSite.Limit, "the empty policy");
        await Eventually.TrueAsync(async () => (await site.OutcomeAsync()).EndsWith("ended", StringComparison.Ordinal), FailingSite.Limit, "the end of the open WebSocket");

        await AssertOutcomeAsync(site, "Policy empty");
        await site.AssertStaysClosedAsync();
        site.Cagent.WritePolicy(site.Policy);
        await site.RecoversAsync();
    }

    [EnvoyFact]
    public async Task Policy_InvalidAtTheFirstStart_StartsNothing()
    {
        await using FailingSite site = await FailingSite.StartAsync(startsCagent: false);
        using TemporaryFolder folder = new();
        await File.WriteAllTextAsync(folder.Combine("cagent.yaml"), "version: 1\ndomains: [{domain: \"*\"}]\n");
        int port = TestKit.Sockets.FreePort.Find(System.Net.IPAddress.Loopback);

        (int code, string errors, _) = await CagentCommand.RunAsync(
            folder.Path, "up", "--policy", "cagent.yaml", "--state", "state", "--listen", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}"), "--envoy", EnvoyBinary.Require());

        Assert.Equal(1, code);
        Assert.Contains("nothing was started", errors, StringComparison.Ordinal);
        AssertRow("Policy invalid at the first start", "http: connection refused; intercepted: connection refused; pass-through: connection refused; open WebSocket: none was open");
    }

    [EnvoyFact]
    public async Task CredentialStore_Gone_DeniesWhatNeedsIt()
    {
        await using FailingSite site = await FailingSite.StartAsync();
        File.Delete(site.CredentialFile);
        await Eventually.TrueAsync(async () => (await site.OutcomeAsync()).Contains("credential_unavailable", StringComparison.Ordinal), FailingSite.Limit, "the credential to be missed");

        await AssertOutcomeAsync(site, "Credential gone");
        await site.AssertStaysClosedAsync();
        await File.WriteAllTextAsync(site.CredentialFile, site.Deployment.Secret);
        await site.RecoversAsync();
    }

    /// <summary>A new authority in its place would be one that no agent trusts, and nobody would know why.</summary>
    [EnvoyFact]
    public async Task CaKey_Missing_StartsNothing()
    {
        await using FailingSite site = await FailingSite.StartAsync();
        await site.Cagent.StopAsync();
        string key = Assert.Single(Directory.GetFiles(Path.Combine(site.StateFolder, "pki"), "*key*", SearchOption.AllDirectories));
        File.Delete(key);
        using TemporaryFolder folder = new();
        await File.WriteAllTextAsync(folder.Combine("cagent.yaml"), site.Policy);

        (int code, string errors, _) = await CagentCommand.RunAsync(
            folder.Path, "up", "--policy", "cagent.yaml", "--state", site.StateFolder, "--listen", site.Cagent.Proxy.ToString(), "--envoy", EnvoyBinary.Require());

        Assert.Equal(1, code);
        Assert.Contains(Path.GetFileName(key), errors, StringComparison.Ordinal);
        Assert.Equal("http: connection refused; intercepted: connection refused; pass-through: connection refused; open WebSocket: ended", await site.OutcomeAsync());
        AssertRow("CA key missing", "http: connection refused; intercepted: connection refused; pass-through: connection refused; open WebSocket: ended");
    }

    [EnvoyFact]
    public async Task Envoy_RestartedWhileCagentIsDown_ServesNothing()
    {
        await using FailingSite site = await FailingSite.StartAsync();
        int envoy = site.EnvoyPid;
        string[] command = (await File.ReadAllTextAsync($"/proc/{envoy}/cmdline")).TrimEnd('\0').Split('\0');
        string folder = new FileInfo($"/proc/{envoy}/cwd").LinkTarget!;
        await site.Cagent.KillAsync();
        FailingSite.Kill(envoy);
        await using RunningProcess restarted = RunningProcess.Start("env", ["-C", folder, .. command]);
        using EnvoyAdmin admin = new(site.StateFolder);
        await Eventually.TrueAsync(async () => (await admin.TryGetAsync("/server_info"))?.Contains("INITIALIZING", StringComparison.Ordinal) == true, FailingSite.Limit, "Envoy without a configuration");

        await AssertOutcomeAsync(site, "Envoy restarted while Cagent is down");
        Assert.Equal(0, site.Canary.ConnectionCount);

        await site.StartCagentAsync(site.Policy);
        await site.RecoversAsync();
    }

    /// <summary>A leaf that never comes: decisions are right, the name was never asked for, and no certificate is sent.</summary>
    [EnvoyFact]
    public async Task Certificates_NeverComing_EndTheHandshake()
    {
        await using FailingSite site = await FailingSite.StartAsync();
        long requests = site.Web.RequestCount;
        Task<string> waiting;
        await using (RawHandshake handshake = await RawHandshake.StartAsync(site))
        {
            // The tunnel is open; only then is Cagent held, so that what is missing is the certificate alone.
            await site.Cagent.Process.PauseAsync();
            try
            {
                waiting = handshake.FinishAsync();
                Assert.Equal("closed", await waiting);
            }
            finally
            {
                site.Cagent.Process.Resume();
            }
        }

        Assert.Equal(requests, site.Web.RequestCount);
        AssertRow("Certificates do not come", "http: as without the fault; intercepted: closed; pass-through: as without the fault; open WebSocket: lives");
        await site.RecoversAsync();
    }

    [FaketimeTheory]
    [InlineData("+2h")]
    [InlineData("-2d")]
    public async Task Clock_Jumping_OpensNothing(string jump)
    {
        using TemporaryFolder folder = new();
        string clock = folder.Combine("clock");
        await File.WriteAllTextAsync(clock, "+0");
        await using FailingSite site = await FailingSite.StartAsync(environment: ImmutableDictionary<string, string>.Empty
            .Add("LD_PRELOAD", FaketimeTheoryAttribute.Library).Add("FAKETIME_TIMESTAMP_FILE", clock).Add("FAKETIME_NO_CACHE", "1").Add("FAKETIME_DONT_FAKE_MONOTONIC", "1"));
        await File.WriteAllTextAsync(clock, jump);

        await AssertOutcomeAsync(site, "Clock jumps");
        await site.AssertStaysClosedAsync();
        site.Cagent.WritePolicy(site.Policy.Replace("\"GET /status/200\", \"GET /ws\"", "\"GET /ws\"", StringComparison.Ordinal));
        await Eventually.TrueAsync(async () => (await site.OutcomeAsync()).Contains("intercepted: 403 path_not_allowed", StringComparison.Ordinal), FailingSite.Limit, "a change of the policy after the jump");
        // It did jump: the status says when that policy came, by the clock of the process.
        Assert.True((StatusDocument.Read(site.StateFolder).Since - TimeProvider.System.GetUtcNow()).Duration() > TimeSpan.FromHours(1), "the clock of cagent did not jump");
    }

    private static async Task AssertOutcomeAsync(FailingSite site, string fault)
    {
        string outcome = await site.OutcomeAsync();
        AssertRow(fault, outcome);
    }

    // | fault | http | intercepted | pass-through | open WebSocket | remark |
    private static void AssertRow(string fault, string outcome)
    {
        string[] row = Assert.Single(File.ReadLines(Path.Combine(RepositoryRoot.Path, "docs", "fail-closed.md")), line => line.StartsWith($"| {fault} |", StringComparison.Ordinal)).Split('|', StringSplitOptions.TrimEntries);
        Assert.Equal($"http: {row[2]}; intercepted: {row[3]}; pass-through: {row[4]}; open WebSocket: {row[5]}", outcome);
    }
}
