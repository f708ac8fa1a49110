// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;

namespace Cagent.Cli;

/// <summary>The options <c>--output</c> and <c>--json</c> of a command.</summary>
internal sealed class OutputOptions
{
    private readonly Option<OutputFormat> _output = new("--output", "-o") { Description = "How the answer looks.", HelpName = "text|json" };
    private readonly Option<bool> _json = new("--json") { Description = "The same as --output json." };

    public static OutputOptions AddTo(Command command)
    {
        OutputOptions options = new();
        // Not the enum's own spelling.
        options._output.CompletionSources.Clear();
        options._output.CompletionSources.Add("text", "json");
        command.Options.Add(options._output);
        command.Options.Add(options._json);
        return options;
    }

    public bool IsJson(ParseResult result) => result.GetValue(_json) || result.GetValue(_output) == OutputFormat.Json;
}
