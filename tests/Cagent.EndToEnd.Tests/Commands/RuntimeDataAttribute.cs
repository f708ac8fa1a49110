// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Reflection;
using Xunit.Sdk;

namespace Cagent.EndToEnd.Tests.Commands;

/// <summary>A row for one runtime of the doctor; skipped, with the reason, where it is not installed.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class RuntimeDataAttribute : DataAttribute
{
    private readonly string _runtime;

    /// <summary>Looks for the program and, for a library of Python, for that.</summary>
    public RuntimeDataAttribute(string runtime, string program, string? library = null)
    {
        _runtime = runtime;
        string? found = ("/usr/bin:/bin:" + Environment.GetEnvironmentVariable("PATH")).Split(':').Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
        Skip = found is null ? $"{program} is not installed" : library is not null && !Imports(found, library) ? $"{found} has no {library}" : null;
    }

    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => [[_runtime]];

    private static bool Imports(string python, string library)
    {
        using Process process = Process.Start(new ProcessStartInfo(python, ["-c", "import " + library]) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
