// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Cagent.EndToEnd.Tests.Faults;
using Cagent.TestKit.Files;
using Cagent.TestKit.Processes;

namespace Cagent.EndToEnd.Tests.Commands;

/// <summary>
/// Two calls of the real <c>cagent ca doctor</c> on this machine, in an environment with nothing but a path and a home: one with the
/// variables that agents get, one without.
/// </summary>
public sealed class DoctorRun : IAsyncLifetime
{
    // Debian's programs first: its Python has the libraries that Debian packs.
    private static readonly string SearchPath = "/usr/bin:/bin:" + Environment.GetEnvironmentVariable("PATH");
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);
    private readonly TemporaryFolder _folder = new();

    /// <summary>By runtime, with the variables of agents.</summary>
    public IReadOnlyDictionary<string, JsonElement> Agents { get; private set; } = new Dictionary<string, JsonElement>();

    /// <summary>By runtime, without any.</summary>
    public IReadOnlyDictionary<string, JsonElement> Bare { get; private set; } = new Dictionary<string, JsonElement>();

    /// <summary>Exit code of the call without variables.</summary>
    public int BareCode { get; private set; }

    public async Task InitializeAsync()
    {
        (int code, string errors, _) = await CagentCommand.RunAsync(_folder.Path, "ca", "init", "--state", "state");
        Assert.Equal((0, ""), (code, errors));
        (_, Agents) = await RunAsync([]);
        (BareCode, Bare) = await RunAsync(["--as-is"]);
    }

    public Task DisposeAsync()
    {
        _folder.Dispose();
        return Task.CompletedTask;
    }

    /// <summary>Runs the doctor with more variables and arguments.</summary>
    public async Task<(int Code, IReadOnlyDictionary<string, JsonElement> Findings)> RunAsync(string[] arguments, params string[] variables)
    {
        await using RunningProcess doctor = RunningProcess.Start("env",
        [
            "-i", "-C", _folder.Path, "PATH=" + SearchPath, "HOME=" + Environment.GetEnvironmentVariable("HOME"), .. Rust(), .. variables,
            CagentProcess.DefaultExecutable, "ca", "doctor", "--state", "state", "--json", .. arguments,
        ]);
        int code = await doctor.WaitForExitAsync(Limit);
        using JsonDocument document = JsonDocument.Parse(CagentCommand.Text(doctor, isError: false));
        return (code, document.RootElement.GetProperty("runtimes").EnumerateArray().ToDictionary(one => one.GetProperty("runtime").GetString()!, one => one.Clone()));
    }

    // Where rustup's cargo finds its toolchain, when that is not below the home.
    private static IEnumerable<string> Rust() => ((string[])["RUSTUP_HOME", "CARGO_HOME", "DOTNET_ROOT", "JAVA_HOME"])
        .Where(name => Environment.GetEnvironmentVariable(name) is { Length: > 0 }).Select(name => $"{name}={Environment.GetEnvironmentVariable(name)}");
}
