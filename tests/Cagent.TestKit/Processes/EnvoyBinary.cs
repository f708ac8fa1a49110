// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Cagent.TestKit.Files;

namespace Cagent.TestKit.Processes;

/// <summary>The Envoy of the end-to-end tests, looked for once in each test process.</summary>
public sealed class EnvoyBinary
{
    private static readonly Lazy<EnvoyBinary> Found = new(Search);

    private EnvoyBinary(string? path, string reason)
    {
        Path = path;
        Reason = reason;
    }

    /// <summary>The executable, or null.</summary>
    public string? Path { get; }

    /// <summary>Where it was found, or why it was not.</summary>
    public string Reason { get; }

    /// <summary>
    /// Looks at <c>ENVOY_BIN</c>, then for <c>envoy</c> on the path, then at <c>.tools/envoy</c> of the repository,
    /// then unpacks it there with <c>shared/tools/install</c> beside the repository, if there is one.
    /// </summary>
    public static EnvoyBinary Find() => Found.Value;

    /// <summary>The executable; <see cref="FileNotFoundException"/> with the reason when there is none.</summary>
    public static string Require() => Find().Path ?? throw new FileNotFoundException(Find().Reason);

    /// <summary>Whether <c>CAGENT_REQUIRE</c>, a list separated by commas, says that tests must not be skipped for want of the thing.</summary>
    public static bool IsRequired(string thing = "envoy") =>
        (Environment.GetEnvironmentVariable("CAGENT_REQUIRE") ?? "")
            .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Contains(thing, StringComparer.OrdinalIgnoreCase);

    private static EnvoyBinary Search()
    {
        if (Environment.GetEnvironmentVariable("ENVOY_BIN") is { Length: > 0 } named)
        {
            return File.Exists(named) ? new(named, "ENVOY_BIN") : new(null, $"ENVOY_BIN names {named}, which does not exist.");
        }

        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(System.IO.Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        if (folders.Select(folder => System.IO.Path.Combine(folder, "envoy")).FirstOrDefault(File.Exists) is { } onPath)
        {
            return new(onPath, "PATH");
        }

        string tools = System.IO.Path.Combine(RepositoryRoot.Path, ".tools");
        string unpacked = System.IO.Path.Combine(tools, "envoy");
        return File.Exists(unpacked) ? new(unpacked, ".tools") : Install(tools, unpacked);
    }

    private static EnvoyBinary Install(string tools, string target)
    {
        // Beside the repository, or one level up when the repository is one of several work trees in a folder.
        string? installer = new[] { "../shared/tools/install", "../../shared/tools/install" }
            .Select(relative => System.IO.Path.GetFullPath(System.IO.Path.Combine(RepositoryRoot.Path, relative)))
            .FirstOrDefault(File.Exists);
        if (installer is null)
        {
            return new(null, "No Envoy: set ENVOY_BIN, put envoy on the PATH, or put it at .tools/envoy.");
        }

        Directory.CreateDirectory(tools);
        using FileStream gate = new(System.IO.Path.Combine(tools, "install.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite);
        Native.Lock(gate.SafeFileHandle);
        using Process process = Process.Start(new ProcessStartInfo(installer, [tools, "envoy"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? new(target, installer) : new(null, $"{installer} failed: {errors.Trim()}");
    }
}
