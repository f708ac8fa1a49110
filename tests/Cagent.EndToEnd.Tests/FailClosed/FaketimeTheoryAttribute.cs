// SPDX-License-Identifier: Apache-2.0
using Cagent.TestKit.Processes;

namespace Cagent.EndToEnd.Tests.FailClosed;

/// <summary>Tests that set the clock of one process: skipped with the reason where libfaketime is not installed, unless <c>CAGENT_REQUIRE</c> contains <c>faketime</c>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FaketimeTheoryAttribute : TheoryAttribute
{
    /// <summary>Looks for the library.</summary>
    public FaketimeTheoryAttribute()
    {
        Skip = !File.Exists(Library) && !EnvoyBinary.IsRequired("faketime") ? "libfaketime is not installed (script/faketime installs it)"
            : EnvoyBinary.Find().Path is null && !EnvoyBinary.IsRequired() ? EnvoyBinary.Find().Reason
            : null;
    }

    /// <summary>The library, to be loaded before others.</summary>
    public static string Library { get; } =
        Directory.Exists("/usr/lib") ? Directory.EnumerateDirectories("/usr/lib", "*-linux-gnu").Select(folder => Path.Combine(folder, "faketime", "libfaketime.so.1")).FirstOrDefault(File.Exists) ?? "" : "";
}
