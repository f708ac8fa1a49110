// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.CommandLine;

namespace Cagent.Cli.Authorities;

/// <summary><c>cagent ca probe</c>, which the doctor runs in an environment of its choice: .NET reads its roots once in a process.</summary>
internal static class CaProbeCommand
{
    private const string Name = "probe";

    public static Command Create()
    {
        Argument<string> url = new("url") { Description = "What to fetch." };
        Command command = new(Name, "Fetches a URL with .NET's own TLS.") { url };
        command.Hidden = true;
        command.SetAction(async (result, cancellationToken) =>
        {
            using HttpClient http = new(new SocketsHttpHandler { UseProxy = false });
            try
            {
                using HttpResponseMessage response = await http.GetAsync(result.GetRequiredValue(url), cancellationToken).ConfigureAwait(false);
                return ExitCodes.Ok;
            }
            catch (HttpRequestException exception)
            {
                await result.InvocationConfiguration.Error.WriteLineAsync(exception.InnerException?.Message ?? exception.Message).ConfigureAwait(false);
                return ExitCodes.Error;
            }
        });
        return command;
    }

    /// <summary>How this very program is run with that command; empty when it is not cagent that runs.</summary>
    public static ImmutableArray<string> Self()
    {
        string program = Environment.ProcessPath ?? "";
        string first = Environment.GetCommandLineArgs()[0];
        return (Path.GetFileNameWithoutExtension(program), Path.GetFileName(first)) switch
        {
            ("cagent", _) => [program, "ca", Name],
            ("dotnet", "cagent.dll") => [program, Path.GetFullPath(first), "ca", Name],
            _ => [],
        };
    }
}
