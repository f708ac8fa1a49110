// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.CommandLine;

namespace Cagent.Cli;

/// <summary>The option <c>--overlay</c>, the same for every command that reads a policy.</summary>
internal sealed class OverlayOption
{
    private readonly Option<string[]> _overlays;

    private OverlayOption(string name, string of) => _overlays = new Option<string[]>(name)
    {
        Description = $"A file whose entries replace those of the same host and port{of}; may be given several times, the later wins.",
        HelpName = "FILE",
    };

    public static OverlayOption AddTo(Command command) => AddTo(command, "--overlay", "");

    /// <summary>Under another name, for a command that reads several policies.</summary>
    /// <param name="command">The command.</param>
    /// <param name="name">The option.</param>
    /// <param name="of">Where it acts, in words that follow "port".</param>
    public static OverlayOption AddTo(Command command, string name, string of)
    {
        OverlayOption option = new(name, of);
        command.Options.Add(option._overlays);
        return option;
    }

    /// <summary>The files, in order.</summary>
    public ImmutableArray<string> In(ParseResult result) => [.. result.GetValue(_overlays) ?? []];
}
