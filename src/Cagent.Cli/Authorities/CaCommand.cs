// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;

namespace Cagent.Cli.Authorities;

/// <summary><c>cagent ca</c>.</summary>
internal static class CaCommand
{
    private const string Help = """
        Cares for the interception CA that agents trust: makes, imports, rotates and shows it, and checks that programs trust it.

        A running `cagent up` follows every change at once, without a restart and without ending a connection. The key is
        never printed.

        Examples:
          cagent ca show
          cagent ca doctor
          cagent ca rotate --after 24h
          eval "$(cagent ca env)"
        """;

    public static Command Create() => new("ca", Help)
    {
        CaInitCommand.Create(), CaImportCommand.Create(), CaRotateCommand.Create(), CaRetireCommand.Create(),
        CaShowCommand.Create(), CaBundleCommand.Create(), CaEnvCommand.Create(), CaDoctorCommand.Create(), CaProbeCommand.Create(),
    };
}
