// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;

namespace Cagent.Cli;

/// <summary>The option <c>--overlay</c>, the same for every command that reads a policy.</summary>
internal static class OverlayOption
{
    public static Option<string[]> Create() => new("--overlay")
    {
        Description = "A file whose entries replace those of the same host and port; may be given several times, the later wins.",
        HelpName = "FILE",
    };
}
