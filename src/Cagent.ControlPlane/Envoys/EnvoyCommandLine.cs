// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Cagent.ControlPlane.Envoys;

/// <summary>What makes one Envoy process the one that is wanted: executable, arguments and the bootstrap's bytes.</summary>
internal sealed record EnvoyCommandLine(string Executable, ImmutableArray<string> Arguments, string Hash)
{
    /// <summary>A line as <see cref="EnvoyLogLine"/> reads it. Escaped, so that a logged newline stays inside its line.</summary>
    private const string LogFormat = "[%l][%n] %v";

    public static EnvoyCommandLine Build(EnvoyBinary binary, EnvoySupervisorOptions options)
    {
        ImmutableArray<string> arguments =
        [
            "-c", options.BootstrapPath,
            // Without hot restart there is no base id and no shared memory, so any number of Envoys can share a machine.
            "--disable-hot-restart",
            "--drain-time-s", ((long)options.DrainTime.TotalSeconds).ToString(CultureInfo.InvariantCulture),
            "--reject-unknown-dynamic-fields",
            "--file-flush-interval-msec", "100",
            "--log-level", options.LogLevel,
            "--log-path", LogPath(options),
            "--log-format", LogFormat,
            "--log-format-escaped",
            .. options.Concurrency is { } workers
                ? ["--concurrency", workers.ToString(CultureInfo.InvariantCulture)]
                : (ReadOnlySpan<string>)["--cpuset-threads"],
        ];
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(string.Join('\0', [binary.Path, options.WorkingDirectory, .. arguments, ""])));
        hash.AppendData(File.ReadAllBytes(options.BootstrapPath));
        return new EnvoyCommandLine(binary.Path, arguments, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    public static string LogPath(EnvoySupervisorOptions options) => Path.Combine(options.RunDirectory, "envoy.log");
}
