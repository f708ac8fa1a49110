// SPDX-License-Identifier: Apache-2.0
using Cagent.Policy.Diagnostics;
using Cagent.Policy.Model;
using Cagent.Policy.Reading;

namespace Cagent.Policy.Validation;

internal sealed partial class CredentialSourceValidator
{
    private static readonly TimeSpan DefaultMaxStale = TimeSpan.FromHours(1);

    private ExecCredentialSource? ReadExec(ExecSourceConfig config, string name, SourceLocation location)
    {
        (TimeSpan refresh, TimeSpan maxStale) = ReadTimes(config.Refresh, config.MaxStale);
        bool isField = config.Field is null || CheckField(config.Field);
        foreach (Located<string> variable in config.Environment?.Value ?? [])
        {
            if (!IsVariable(variable.Value))
            {
                Refuse(variable, "an environment variable's name has letters, digits and '_' and begins with no digit", "write the names of variables, without values");
            }
        }

        if (config.Command is not { } command)
        {
            return null;
        }

        if (command.Value is not [{ } program, ..] || !program.Value.StartsWith('/') || program.Value.EndsWith('/'))
        {
            bag.Error(DiagnosticCodes.BadCredentialSource, "a command is a list that begins with the absolute path of a program", command.Location, command.KeyPath, "write such as [/usr/local/bin/print-token, --json]");
            return null;
        }

        return isField
            ? new ExecCredentialSource(
                name, location, [.. command.Value.Select(part => part.Value)], [.. (config.Environment?.Value ?? []).Select(variable => variable.Value)], config.Field?.Value,
                config.Timeout?.Value ?? TimeSpan.FromSeconds(10), refresh, maxStale)
            : null;
    }

    /// <summary>A value that ended before it is read again would be there and gone by turns.</summary>
    private (TimeSpan Refresh, TimeSpan MaxStale) ReadTimes(Located<TimeSpan>? refresh, Located<TimeSpan>? maxStale)
    {
        TimeSpan every = refresh?.Value ?? TimeSpan.FromMinutes(5);
        TimeSpan limit = maxStale?.Value ?? (every * 2 > DefaultMaxStale ? every * 2 : DefaultMaxStale);
        if (limit <= every)
        {
            SourceLocation at = maxStale?.Location ?? refresh!.Location;
            bag.Error(
                DiagnosticCodes.BadCredentialSource, "\"max_stale\" is not longer than \"refresh\", so that the value would end before it is fetched again", at, maxStale?.KeyPath ?? refresh!.KeyPath,
                "write a longer max_stale, or a shorter refresh");
        }

        return (every, limit);
    }
}
