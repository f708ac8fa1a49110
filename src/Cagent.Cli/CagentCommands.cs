// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Cagent.Cli.Attacking;
using Cagent.Cli.Authorities;
using Cagent.Cli.Authz;
using Cagent.Cli.Compiling;
using Cagent.Cli.Completion;
using Cagent.Cli.Differences;
using Cagent.Cli.Explaining;
using Cagent.Cli.Migrating;
using Cagent.Cli.Placeholding;
using Cagent.Cli.Profiles;
using Cagent.Cli.Quarantine;
using Cagent.Cli.Schema;
using Cagent.Cli.Starting;
using Cagent.Cli.Statuses;
using Cagent.Cli.Testing;

namespace Cagent.Cli;

/// <summary>The command line of <c>cagent</c>.</summary>
public static class CagentCommands
{
    /// <summary>All commands. What <c>up</c> and <c>authz serve</c> run is handed in: the server lies above this project.</summary>
    public static RootCommand Create(Func<UpSettings, CancellationToken, Task<int>> up, Func<AuthzServeSettings, CancellationToken, Task<int>> serveAuthz)
    {
        RootCommand root = new("Cagent, the egress data plane for AI agents: one policy file says what each agent may reach.");
        root.Subcommands.Add(UpCommand.Create(up));
        root.Subcommands.Add(ValidateCommand.Create());
        root.Subcommands.Add(FmtCommand.Create());
        root.Subcommands.Add(StatusCommand.Create());
        root.Subcommands.Add(QuarantineCommand.Create());
        root.Subcommands.Add(AttackCommand.Create());
        root.Subcommands.Add(ExplainCommand.Create());
        root.Subcommands.Add(TestCommand.Create());
        root.Subcommands.Add(DiffCommand.Create());
        root.Subcommands.Add(CompileCommand.Create());
        root.Subcommands.Add(InitCommand.Create());
        root.Subcommands.Add(ProfilesCommand.Create());
        root.Subcommands.Add(SchemaCommand.Create());
        root.Subcommands.Add(MigrateCommand.Create());
        root.Subcommands.Add(AuthzCommand.Create(serveAuthz));
        root.Subcommands.Add(PlaceholdersCommand.Create());
        root.Subcommands.Add(CaCommand.Create());
        root.Subcommands.Add(CompletionCommand.Create());
        BriefHelp.AddTo(root);
        return root;
    }
}
