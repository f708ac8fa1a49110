// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;

namespace Cagent.TestKit.NetworkNamespaces;

/// <summary>Runs a program of the system to its end.</summary>
internal static class SystemCommand
{
    /// <summary>What it wrote to its output; <see cref="InvalidOperationException"/> with what it said when it fails.</summary>
    public static string Run(string file, IEnumerable<string> arguments, string input = "")
    {
        ProcessStartInfo start = new(file, arguments) { RedirectStandardError = true, RedirectStandardOutput = true, RedirectStandardInput = true };
        using Process process = Process.Start(start) ?? throw new InvalidOperationException($"{file} did not start.");
        Task<string> errors = process.StandardError.ReadToEndAsync();
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output
            : throw new InvalidOperationException($"{file} {string.Join(' ', start.ArgumentList)} failed with {process.ExitCode}: {errors.GetAwaiter().GetResult().Trim()}");
    }
}
