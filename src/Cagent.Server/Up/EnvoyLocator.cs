// SPDX-License-Identifier: Apache-2.0
using Cagent.Cli;

namespace Cagent.Server.Up;

/// <summary>Which Envoy <c>up</c> runs.</summary>
internal static class EnvoyLocator
{
    /// <summary>The path of an executable, or null: the control plane runs alone. What the user named is taken as it is.</summary>
    public static string? Find(string? named) => named switch
    {
        UpSettings.NoEnvoy => null,
        not null => Path.GetFullPath(named),
        null when Environment.GetEnvironmentVariable("ENVOY_BIN") is { Length: > 0 } path => Path.GetFullPath(path),
        _ => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, "envoy")).FirstOrDefault(File.Exists),
    };
}
