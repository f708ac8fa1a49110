// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Globalization;

namespace Cagent.Cli.Tests;

/// <summary>One call of <c>cagent</c> with what it wrote.</summary>
internal sealed record CommandLine(int ExitCode, string Output, string Error, UpSettings? Up)
{
    public static async Task<CommandLine> RunAsync(params string[] arguments)
    {
        UpSettings? up = null;
        using StringWriter output = new(CultureInfo.InvariantCulture);
        using StringWriter error = new(CultureInfo.InvariantCulture);
        RootCommand root = CagentCommands.Create((settings, _) =>
        {
            up = settings;
            return Task.FromResult(0);
        }, (_, _) => Task.FromResult(0));
        int exitCode = await root.Parse(arguments).InvokeAsync(new InvocationConfiguration { Output = output, Error = error });
        return new CommandLine(exitCode, output.ToString(), error.ToString(), up);
    }
}
