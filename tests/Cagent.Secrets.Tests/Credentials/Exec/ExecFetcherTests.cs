// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using Cagent.ControlPlane.Credentials;
using Cagent.Secrets.Credentials.Exec;
using Cagent.Secrets.Credentials.Fetching;
using Cagent.TestKit.Files;
using Cagent.TestKit.Waiting;

namespace Cagent.Secrets.Tests.Credentials.Exec;

/// <summary>With real programs: small scripts in a folder of the test.</summary>
public sealed class ExecFetcherTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ExecFetcher _fetcher = new(TimeProvider.System);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Fetch_PlainText_IsTheValue() => Assert.Equal("plain-value", Assert.IsType<FetchOutcome.Fetched>(await FetchAsync(Definition(Script("echo plain-value")))).Value.Reveal());

    [Fact]
    public async Task Fetch_ExitCode_IsToldAndStandardErrorIsNot()
    {
        FetchOutcome.Failed failed = Assert.IsType<FetchOutcome.Failed>(await FetchAsync(Definition(Script("echo s3cr3t; echo s3cr3t >&2; exit 3"))));
        Assert.Contains("exit code 3, and 7 bytes on standard error", failed.Problem, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", failed.Problem, StringComparison.Ordinal);
        Assert.False(failed.Withdraws);
    }

    [Fact]
    public async Task Fetch_Environment_HasWhatThePolicyNamesAndNothingElse()
    {
        string named = "CAGENT_TEST_" + Guid.NewGuid().ToString("N");
        Environment.SetEnvironmentVariable(named, "given");
        Environment.SetEnvironmentVariable(named + "_NOT", "hidden");
        try
        {
            string file = _folder.Combine("environment");
            await FetchAsync(Definition(Script($"env > {file}; echo value")) with { Environment = new TextList([named]) });
            string text = File.ReadAllText(file);
            Assert.Contains(named + "=given", text, StringComparison.Ordinal);
            Assert.Contains("KUBERNETES_EXEC_INFO=", text, StringComparison.Ordinal);
            Assert.DoesNotContain("hidden", text, StringComparison.Ordinal);
        }
        finally
        {
            Environment.SetEnvironmentVariable(named, null);
            Environment.SetEnvironmentVariable(named + "_NOT", null);
        }
    }

    [Fact]
    public async Task Fetch_Arguments_AreReadByNoShell()
    {
        string script = Script("printf '%s' \"$1\"");
        Assert.Equal("$(id);`id`", Assert.IsType<FetchOutcome.Fetched>(await FetchAsync(Definition(script, "$(id);`id`"))).Value.Reveal());
    }

    [Fact]
    public async Task Fetch_Cancelled_EndsTheWholeGroup()
    {
        string child = _folder.Combine("child");
        using CancellationTokenSource stop = new();
        Task<FetchOutcome> fetch = _fetcher.FetchAsync(Definition(Script($"sleep 600 & echo $! > {child}.new; mv {child}.new {child}; wait")), stop.Token);
        await Eventually.TrueAsync(() => File.Exists(child), "a child");
        int pid = int.Parse(File.ReadAllText(child), CultureInfo.InvariantCulture);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fetch.WaitAsync(Eventually.Patience, TimeProvider.System));
        await Eventually.TrueAsync(() => !IsRunning(pid), "the child's end");
    }

    [Fact]
    public async Task Fetch_ChildLeftBehind_DoesNotHoldItUp()
    {
        Task<FetchOutcome> fetch = FetchAsync(Definition(Script("sleep 600 & echo value")));
        Assert.IsType<FetchOutcome.Fetched>(await fetch.WaitAsync(Eventually.Patience, TimeProvider.System));
    }

    [Fact]
    public async Task Fetch_EndlessOutput_IsCutShort()
    {
        FetchOutcome.Failed failed = Assert.IsType<FetchOutcome.Failed>(await FetchAsync(Definition(Script("exec yes s3cr3t"))).WaitAsync(Eventually.Patience, TimeProvider.System));
        Assert.Contains("more than 64 KiB", failed.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/does/not/exist", "does not exist")]
    [InlineData("/etc/passwd", "is not executable")]
    public async Task Fetch_NoProgram_SaysSo(string program, string problem)
    {
        FetchOutcome.Failed failed = Assert.IsType<FetchOutcome.Failed>(await FetchAsync(Definition(program)));
        Assert.Equal(FetchFailure.NotReady, failed.Failure);
        Assert.Contains(problem, failed.Problem, StringComparison.Ordinal);
    }

    private static bool IsRunning(int pid)
    {
        try
        {
            using Process process = Process.GetProcessById(pid);
            return !process.HasExited && !File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (Exception exception) when (exception is ArgumentException or IOException or InvalidOperationException)
        {
            return false;
        }
    }

    private string Script(string body) => _folder.Write("script", $"#!/bin/sh\n{body}\n", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

    private static ExecCredentialDefinition Definition(string program, params string[] arguments) =>
        new("k", new TextList([program, .. arguments]), new TextList([]), null, TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(5), TimeSpan.FromHours(1));

    private Task<FetchOutcome> FetchAsync(ExecCredentialDefinition definition) => _fetcher.FetchAsync(definition, CancellationToken.None);
}
