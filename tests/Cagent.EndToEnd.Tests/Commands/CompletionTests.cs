// SPDX-License-Identifier: Apache-2.0
using Cagent.EndToEnd.Tests.Faults;
using Cagent.TestKit.Files;
using Cagent.TestKit.Processes;

namespace Cagent.EndToEnd.Tests.Commands;

/// <summary>The scripts of <c>cagent completion</c>, each loaded by its real shell, which asks the real program.</summary>
public sealed class CompletionTests
{
    // What each shell is to offer for a line; nothing of ours: the shell then offers file names.
    public static TheoryData<string, string> Lines => new()
    {
        { "cagent exp", "explain" },
        { "cagent  pro", "profiles" },
        { "cagent profiles ", "list show" },
        { "cagent profiles show github-c", "github-clone" },
        { "cagent init --profile npm", "npm-readonly" },
        { "cagent validate --o", "--output --overlay" },
        { "cagent test --output ", "json text" },
        { "cagent up --log-level d", "debug" },
        { "cagent completion ", "bash fish zsh" },
        { "cagent validate conf", "" },
        { "cagent validate ", "" },
    };

    [Theory]
    [MemberData(nameof(Lines))]
    public Task Complete_Line_GivesWhatBashInserts(string line, string expected) => AssertAsync(expected, "bash", ["--norc", "--noprofile"], $$"""
        set -u
        source <(cagent completion bash)
        [[ $(complete -p cagent) == *"-o default"*"-F _cagent cagent" ]] || exit 3
        COMP_LINE='{{line}}' COMP_POINT={{line.Length}}
        _cagent
        printf '%s\n' "${COMPREPLY[@]-}"
        """);

    /// <summary>zsh's completion widgets live in its line editor alone, so what the function gives to <c>compadd</c> and <c>_files</c> is looked at.</summary>
    [ShellTheory("zsh")]
    [MemberData(nameof(Lines))]
    public Task Complete_Line_GivesWhatZshInserts(string line, string expected) => AssertAsync(expected, "zsh", ["-f"], $$"""
        compdef() { [[ "$*" == "_cagent cagent" ]] || exit 3 }
        compadd() { shift; print -l -- "$@" }
        _files() { }
        source <(cagent completion zsh)
        words=({{line}}{{(line.EndsWith(' ') ? " ''" : "")}})
        CURRENT=$#words
        _cagent
        """);

    [ShellTheory("fish")]
    [MemberData(nameof(Lines))]
    public Task Complete_Line_GivesWhatFishInserts(string line, string expected) => AssertAsync(expected, "fish", ["--no-config"], $$"""
        cagent completion fish | source
        mkdir $HOME/empty; cd $HOME/empty
        complete --do-complete '{{line}}'
        """);

    private static async Task AssertAsync(string expected, string shell, string[] options, string text)
    {
        using TemporaryFolder folder = new();
        string script = folder.Combine("complete");
        await File.WriteAllTextAsync(script, text);
        Dictionary<string, string> environment = new()
        {
            ["PATH"] = $"{Path.GetDirectoryName(CagentProcess.DefaultExecutable)}:{Environment.GetEnvironmentVariable("PATH")}",
            ["HOME"] = folder.Path,
        };
        await using RunningProcess running = RunningProcess.Start(shell, [.. options, script], environment);

        Assert.Equal(0, await running.WaitForExitAsync(SteadySite.Limit));
        Assert.Equal("", CagentCommand.Text(running, isError: true));
        Assert.Equal(expected, string.Join(' ', running.Lines.Select(written => written.Text).Where(written => written.Length > 0).Order(StringComparer.Ordinal)));
    }
}
