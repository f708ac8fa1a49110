// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;

namespace Cagent.TestKit.NetworkNamespaces;

/// <summary>Runs <c>ip</c> of iproute2.</summary>
internal static class IpCommand
{
    /// <summary>Runs to the end; <see cref="InvalidOperationException"/> with what it said when it fails.</summary>
    public static void Run(params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardError = true })
            ?? throw new InvalidOperationException("ip did not start.");
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"ip {string.Join(' ', arguments)} failed: {errors.Trim()}");
        }
    }
}
