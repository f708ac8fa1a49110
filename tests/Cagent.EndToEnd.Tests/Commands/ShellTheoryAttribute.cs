// SPDX-License-Identifier: Apache-2.0
using Cagent.TestKit.Processes;

namespace Cagent.EndToEnd.Tests.Commands;

/// <summary>Tests that need a shell: skipped with the reason where it is not installed, unless <c>CAGENT_REQUIRE</c> contains <c>shells</c>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ShellTheoryAttribute : TheoryAttribute
{
    /// <summary>Looks for the shell.</summary>
    /// <param name="shell">Its program.</param>
    public ShellTheoryAttribute(string shell)
    {
        bool isHere = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, shell)));
        Skip = isHere || EnvoyBinary.IsRequired("shells") ? null : $"{shell} is not installed (script/shells installs it)";
    }
}
