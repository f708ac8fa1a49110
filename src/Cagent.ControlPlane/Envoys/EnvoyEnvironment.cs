// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;

namespace Cagent.ControlPlane.Envoys;

/// <summary>The environment that Envoy gets: our own may hold credentials, and Envoy formatters can read variables.</summary>
internal static class EnvoyEnvironment
{
    private static readonly string[] Kept = ["PATH", "HOME", "TMPDIR", "TZ", "LANG", "LD_LIBRARY_PATH"];

    public static void Apply(ProcessStartInfo start)
    {
        Dictionary<string, string?> kept = Kept.ToDictionary(name => name, Environment.GetEnvironmentVariable);
        start.Environment.Clear();
        foreach ((string name, string? value) in kept)
        {
            if (value is not null)
            {
                start.Environment[name] = value;
            }
        }
    }
}
