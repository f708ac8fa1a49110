// SPDX-License-Identifier: Apache-2.0
using Cagent.EndToEnd.Tests.Faults;
using Cagent.TestKit.Files;
using Cagent.TestKit.Processes;

namespace Cagent.EndToEnd.Tests.Commands;

/// <summary>The script of <c>cagent completion bash</c>, loaded by a real bash that asks the real program.</summary>
public sealed class BashCompletionTests
{
    [Theory]
    [InlineData("cagent exp", "explain")]
    [InlineData("cagent  pro", "profiles")]
    [InlineData("cagent profiles ", "list show")]
    [InlineData("cagent profiles show github-c", "github-clone")]
    [InlineData("cagent init --profile npm", "npm-readonly")]
    [InlineData("cagent validate --o", "--output --overlay")]
    [InlineData("cagent test --output ", "json text")]
    [InlineData("cagent up --log-level d", "debug")]
    [InlineData("cagent completion ", "bash fish zsh")]
    // Nothing of ours: bash then offers file names.
    [InlineData("cagent validate conf", "")]
    [InlineData("cagent validate ", "")]
    public async Task Complete_Line_GivesWhatBashInserts(string line, string expected)
    {
        using TemporaryFolder folder = new();
        string script = folder.Combine("complete.sh");
        await File.WriteAllTextAsync(script, $$"""
            set -u
            PATH={{Path.GetDirectoryName(CagentProcess.DefaultExecutable)}}:$PATH
            source <(cagent completion bash)
            [[ $(complete -p cagent) == *"-o default"*"-F _cagent cagent" ]] || exit 3
            COMP_LINE='{{line}}' COMP_POINT={{line.Length}}
            _cagent
            printf '%s\n' "${COMPREPLY[@]-}"
            """);
        await using RunningProcess bash = RunningProcess.Start("bash", ["--norc", "--noprofile", script]);

        Assert.Equal(0, await bash.WaitForExitAsync(SteadySite.Limit));
        Assert.Equal("", CagentCommand.Text(bash, isError: true));
        Assert.Equal(expected, string.Join(' ', bash.Lines.Select(written => written.Text).Order(StringComparer.Ordinal)));
    }
}
