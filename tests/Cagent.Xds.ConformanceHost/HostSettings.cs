// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Cagent.Xds.ConformanceHost;

/// <summary>The command line.</summary>
internal sealed record HostSettings(int XdsPort, int ControlPort, int? RestPort, TimeSpan AckTimeout, TimeSpan RemovalGrace)
{
    /// <summary>Null when an option is missing, unknown or no number.</summary>
    public static HostSettings? Parse(string[] args)
    {
        Dictionary<string, int> values = new(StringComparer.Ordinal)
        {
            ["--xds-port"] = -1,
            ["--control-port"] = -1,
            ["--rest-port"] = -1,
            ["--ack-timeout-ms"] = 5000,
            ["--removal-grace-ms"] = 1000,
        };
        for (int i = 0; i < args.Length; i += 2)
        {
            if (!values.ContainsKey(args[i])
                || i + 1 == args.Length
                || !int.TryParse(args[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out int value))
            {
                return null;
            }

            values[args[i]] = value;
        }

        return values["--xds-port"] is < 0 or > ushort.MaxValue || values["--control-port"] is < 0 or > ushort.MaxValue
            || values["--rest-port"] > ushort.MaxValue || values["--ack-timeout-ms"] == 0
            ? null
            : new HostSettings(
                values["--xds-port"], values["--control-port"], values["--rest-port"] < 0 ? null : values["--rest-port"],
                TimeSpan.FromMilliseconds(values["--ack-timeout-ms"]), TimeSpan.FromMilliseconds(values["--removal-grace-ms"]));
    }
}
