// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json.Nodes;

namespace Cagent.Cli.Testing;

/// <summary><c>cagent test</c>.</summary>
internal static class TestCommand
{
    private const string Suffix = ".test.yaml";

    private const string Help = """
        Runs *.test.yaml files: lists of requests that a policy must allow and deny. Each file tests the policy beside it
        (cagent.test.yaml tests cagent.yaml) or the one that it names. Nothing is sent and nothing need run.

          policy: other.yaml                     # optional
          overlays: [prod.yaml]                  # optional
          allow:
            - GET https://api.example.com/v1/models
            - {request: "POST https://api.example.com/v1/items", credential: example, entry: "api.example.com:443"}
          deny:
            - GET https://evil.example/
            - {request: "DELETE https://api.example.com/v1/items", reason: method_not_allowed}

        The file of a profile, which is no policy by itself, gives its arguments, as a policy would:

          profile: {use: npm-readonly.yaml, host: npm.mirror.example}

        Examples:
          cagent test
          cagent test configs/cagent.test.yaml
          cagent test configs profiles --output json
          cagent test --overlay prod.yaml                        over each policy, behind the overlays of its file

        Exit code 0: everything is as the files say. 2: something is not. 1: a file cannot be read or has errors, or there
        is none.
        """;

    public static Command Create()
    {
        Argument<string[]> paths = new("PATH") { Description = "Test files, or folders that are searched for them.", DefaultValueFactory = _ => ["configs"], Arity = ArgumentArity.ZeroOrMore };
        Command command = new("test", Help) { paths };
        OverlayOption overlays = OverlayOption.AddTo(command);
        OutputOptions output = OutputOptions.AddTo(command);
        command.SetAction((result, cancellationToken) => RunAsync(result.GetRequiredValue(paths), overlays.In(result), output.IsJson(result), result.InvocationConfiguration, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string[] paths, ImmutableArray<string> overlays, bool isJson, InvocationConfiguration console, CancellationToken cancellationToken)
    {
        string[] files = [.. paths.SelectMany<string, string>(path => Directory.Exists(path)
            ? Directory.EnumerateFiles(path, "*" + Suffix, SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            : [path])];
        if (files.Length == 0)
        {
            await console.Error.WriteLineAsync($"cagent: no *{Suffix} in {string.Join(", ", paths)}").ConfigureAwait(false);
            return ExitCodes.Error;
        }

        List<TestFileResult> results = [];
        foreach (string file in files)
        {
            TestFileResult result = await TestFile.RunAsync(file, Suffix, overlays, cancellationToken).ConfigureAwait(false);
            results.Add(result);
            if (!isJson)
            {
                TestReport.Write(console, result);
            }
        }

        if (isJson)
        {
            JsonOutput.Write(console.Output, new JsonObject { ["files"] = JsonOutput.Array(results.Select(TestReport.ToJson)) });
        }
        else
        {
            TestReport.WriteSummary(console, results);
        }

        return results.Any(result => result.IsBroken) ? ExitCodes.Error : results.Any(result => result.Failures.Any()) ? ExitCodes.No : ExitCodes.Ok;
    }
}
