// SPDX-License-Identifier: Apache-2.0

namespace Cagent.Cli.Tests;

/// <summary>Every command explains itself with examples, and refuses what it does not know with words.</summary>
public sealed class CagentCommandsTests
{
    public static TheoryData<string> Commands =>
        [.. CagentCommands.Create((_, _) => Task.FromResult(0), (_, _) => Task.FromResult(0)).Subcommands.Select(command => command.Name)];

    [Fact]
    public async Task Help_OfTheProgram_NamesEachCommand()
    {
        CommandLine help = await CommandLine.RunAsync("--help");
        Assert.Equal(0, help.ExitCode);
        Assert.All(["up", "validate", "status", "explain", "test", "diff", "compile", "init", "profiles", "authz", "completion"], name => Assert.Contains(name, help.Output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Help_OfTheProgram_IsOneSentenceACommand()
    {
        string help = (await CommandLine.RunAsync("--help")).Output;
        Assert.DoesNotContain("Examples:", help, StringComparison.Ordinal);
        Assert.InRange(help.Split('\n').Length, 10, 40);
        Assert.DoesNotContain("Examples:\n", (await CommandLine.RunAsync("profiles", "--help")).Output.Split("Commands:")[1], StringComparison.Ordinal);
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
        // Behind what the command demands: otherwise that is missing, and told first.
        IEnumerable<string> demanded = CagentCommands.Create((_, _) => Task.FromResult(0), (_, _) => Task.FromResult(0)).Subcommands.Single(command => command.Name == name)
            .Arguments.Where(argument => !argument.HasDefaultValue).Select(_ => "x");
        CommandLine run = await CommandLine.RunAsync([name, .. demanded, "--no-such-option"]);
        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains("--no-such-option", run.Error, StringComparison.Ordinal);
        Assert.Null(run.Up);
    }

    /// <summary>What the shell's completion script asks.</summary>
    [Fact]
    public async Task Suggest_HalfACommand_CompletesIt()
    {
        CommandLine run = await CommandLine.RunAsync("[suggest]", "exp");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("explain", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task UnknownCommand_IsRefused()
    {
        CommandLine run = await CommandLine.RunAsync("uo");
        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains("uo", run.Error, StringComparison.Ordinal);
    }
}
