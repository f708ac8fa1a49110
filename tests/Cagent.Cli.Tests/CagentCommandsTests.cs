// SPDX-License-Identifier: Apache-2.0

namespace Cagent.Cli.Tests;

/// <summary>Every command explains itself with examples, and refuses what it does not know with words.</summary>
public sealed class CagentCommandsTests
{
    public static TheoryData<string> Commands =>
        [.. CagentCommands.Create((_, _) => Task.FromResult(0)).Subcommands.Select(command => command.Name)];

    [Fact]
    public async Task Help_OfTheProgram_NamesEachCommand()
    {
        CommandLine help = await CommandLine.RunAsync("--help");
        Assert.Equal(0, help.ExitCode);
        Assert.All(["up", "validate", "status"], name => Assert.Contains(name, help.Output, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Help_OfACommand_HasExamplesOfIt(string name)
    {
        CommandLine help = await CommandLine.RunAsync(name, "--help");
        Assert.Equal(0, help.ExitCode);
        Assert.Contains("Examples:", help.Output, StringComparison.Ordinal);
        Assert.Contains($"\n  cagent {name}", help.Output.ReplaceLineEndings("\n").Replace("    cagent", "  cagent", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Null(help.Up);
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task AnyCommand_UnknownOption_IsRefused(string name)
    {
        CommandLine run = await CommandLine.RunAsync(name, "--no-such-option");
        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains("--no-such-option", run.Error, StringComparison.Ordinal);
        Assert.Null(run.Up);
    }

    [Fact]
    public async Task UnknownCommand_IsRefused()
    {
        CommandLine run = await CommandLine.RunAsync("uo");
        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains("uo", run.Error, StringComparison.Ordinal);
    }
}
