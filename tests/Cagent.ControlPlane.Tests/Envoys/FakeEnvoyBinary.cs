// SPDX-License-Identifier: Apache-2.0
namespace Cagent.ControlPlane.Tests.Envoys;

/// <summary>A shell script that answers <c>--version</c> as Envoy does and otherwise runs the given lines.</summary>
internal static class FakeEnvoyBinary
{
    public static string Write(string path, string script, string version = "1.40.0")
    {
        File.WriteAllText(path, $"""
            #!/bin/sh
            if [ "$1" = --version ]; then echo "envoy  version: 9e55/{version}/Clean/RELEASE/BoringSSL"; exit 0; fi
            {script}

            """);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }
}
