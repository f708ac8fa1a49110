// SPDX-License-Identifier: Apache-2.0
namespace Cagent.EnvoyApi.Tests;

/// <summary>The program that knows the API of the Envoy that we run, and compares ours with it.</summary>
internal static class EnvoyApiTool
{
    /// <summary>The path of the program, or null where it is not installed.</summary>
    public static string? Path { get; } = Find();

    /// <summary>Whether the tests must fail, rather than be skipped, without it.</summary>
    public static bool IsRequired { get; } =
        (Environment.GetEnvironmentVariable("CAGENT_REQUIRE") ?? "").Split([',', ' ', ';']).Contains("envoy", StringComparer.Ordinal);

    private static string? Find()
    {
        string? folder = Environment.GetEnvironmentVariable("CAGENT_TOOLS");
        if (string.IsNullOrEmpty(folder))
        {
            folder = FindRepository() is { } root ? System.IO.Path.Combine(root, "..", "shared", "tools") : null;
        }

        string? path = folder is null ? null : System.IO.Path.GetFullPath(System.IO.Path.Combine(folder, "envoy-api"));
        return File.Exists(path) ? path : null;
    }

    private static string? FindRepository()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(System.IO.Path.Combine(folder.FullName, "Cagent.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName;
    }
}
