// SPDX-License-Identifier: Apache-2.0
using Cagent.Contracts;
using Cagent.Contracts.Admin.V1;
using Spectre.Console;

namespace Cagent.Cli.Statuses;

/// <summary>Where and how statuses are shown.</summary>
internal sealed class StatusOutput(TextWriter writer, bool isJson, bool isWatch)
{
    /// <summary>Whether the caller wants every change.</summary>
    public bool IsWatch => isWatch;

    /// <summary>Whether anything was shown.</summary>
    public bool IsStarted { get; private set; }

    public void Write(DeploymentStatus status)
    {
        if (isJson)
        {
            writer.WriteLine(StatusJson.Render(status, isIndented: !isWatch));
        }
        else
        {
            IAnsiConsole console = CommandConsole.Open(writer);
            if (IsStarted)
            {
                console.Write(new Rule());
            }

            StatusTable.Write(console, status);
        }

        IsStarted = true;
    }
}
