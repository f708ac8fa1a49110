// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Cagent.Cli.Statuses;

namespace Cagent.Cli;

/// <summary>The command line of <c>cagent</c>.</summary>
public static class CagentCommands
{
    /// <summary>All commands. What <c>up</c> runs is handed in: the server lies above this project.</summary>
    public static RootCommand Create(Func<UpSettings, CancellationToken, Task<int>> up)
    {
        RootCommand root = new("Cagent, the egress data plane for AI agents: one policy file says what each agent may reach.");
        root.Subcommands.Add(UpCommand.Create(up));
        root.Subcommands.Add(ValidateCommand.Create());
        root.Subcommands.Add(FmtCommand.Create());
        root.Subcommands.Add(StatusCommand.Create());
        return root;
    }
}
