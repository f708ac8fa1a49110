// SPDX-License-Identifier: Apache-2.0
using Cagent.TestKit.Files;

namespace Cagent.Grpc.Tests.Http2;

/// <summary>The conformance program, looked for where <c>script/h2spec</c> says and puts it.</summary>
internal static class H2Spec
{
    /// <summary>The executable, or null.</summary>
    public static string? Path { get; } = Search();

    /// <summary>Why there is none.</summary>
    public const string Missing = "No h2spec: set H2SPEC_BIN, put h2spec on the PATH, or run script/h2spec.";

    private static string? Search()
    {
        if (Environment.GetEnvironmentVariable("H2SPEC_BIN") is { Length: > 0 } named)
        {
            return File.Exists(named) ? named : null;
        }

        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(System.IO.Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return folders.Append(System.IO.Path.Combine(RepositoryRoot.Path, ".tools"))
            .Select(folder => System.IO.Path.Combine(folder, "h2spec"))
            .FirstOrDefault(File.Exists);
    }
}
