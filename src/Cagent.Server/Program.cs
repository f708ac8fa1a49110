// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Cagent.Cli;
using Cagent.Server.Authz;
using Cagent.Server.Up;

// The commands end by themselves on a signal, with exit code 0; the library's own timer would end the process with another.
return await CagentCommands.Create(UpRunner.RunAsync, AuthzRunner.RunAsync).Parse(args)
    .InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null }).ConfigureAwait(false);
