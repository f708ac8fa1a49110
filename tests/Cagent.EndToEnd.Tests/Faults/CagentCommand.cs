// SPDX-License-Identifier: Apache-2.0
using Cagent.TestKit.Processes;

namespace Cagent.EndToEnd.Tests.Faults;

/// <summary><c>cagent</c> with exactly the arguments that a test gives, in a folder of its choice.</summary>
internal static class CagentCommand
{
    public static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Starts it. The environment of the test is passed on without <c>ENVOY_BIN</c>: the arguments alone name the Envoy. A test run in the
    /// background of a shell ignores SIGINT, and so would its children.
    /// </summary>
    public static RunningProcess Start(string folder, params string[] arguments) => RunningProcess.Start(
        "env",
        ["-C", folder, "-u", "ENVOY_BIN", "--default-signal=INT", CagentProcess.DefaultExecutable, .. arguments],
        new Dictionary<string, string> { ["CANARY_TOKEN"] = "sk-canary-lifecycle" });

    /// <summary>Runs it to its end; exit code and standard error.</summary>
    public static async Task<(int Code, string Errors, string Output)> RunAsync(string folder, params string[] arguments)
    {
        await using RunningProcess process = Start(folder, arguments);
        int code = await process.WaitForExitAsync(SteadySite.Limit);
        // Whatever was started has ended too: no descendant is left at the moment of the exit.
        Assert.Empty(process.Descendants("envoy"));
        return (code, Text(process, isError: true), Text(process, isError: false));
    }

    public static string Text(RunningProcess process, bool isError) =>
        string.Join('\n', process.Lines.Where(line => line.IsError == isError).Select(line => line.Text));
}
