// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.CommandLine;
using System.Net;
using System.Text.Json.Nodes;
using Cagent.Cli.Policies;
using Cagent.Compiler;
using Cagent.Compiler.Authz;
using Cagent.EnvoyApi;
using Cagent.Policy.Model;
using Google.Protobuf;
using Spectre.Console;

namespace Cagent.Cli.Compiling;

/// <summary><c>cagent compile</c>.</summary>
internal static class CompileCommand
{
    private const string Help = """
        Shows what a policy becomes: the resources that Envoy gets, and the table that decides. No file is written, nothing
        need run, and neither credentials nor CA files are read: a line says so where their content would stand.

        Examples:
          cagent compile
          cagent compile prod.yaml --output json > resources.json
          cagent compile --overlay prod.yaml
          cagent compile prod.yaml --resource web --output json | jq '.resources[0].resource'

        Exit code 0: it compiles. 1: the policy does not load, or has no such resource.
        """;

    private static readonly JsonFormatter Formatter = new(JsonFormatter.Settings.Default.WithPreserveProtoFieldNames(true).WithTypeRegistry(EnvoyTypes.Registry));

    public static Command Create()
    {
        Argument<string> file = new("FILE") { Description = "The policy file.", DefaultValueFactory = _ => PolicyFile.DefaultPath };
        Option<string?> resource = new("--resource") { Description = "Only resources of this name.", HelpName = "NAME" };
        Command command = new("compile", Help) { file, resource };
        OverlayOption overlays = OverlayOption.AddTo(command);
        OutputOptions output = OutputOptions.AddTo(command);
        command.SetAction((result, cancellationToken) => RunAsync(
            PolicyFile.Load(result.GetRequiredValue(file), overlays.In(result)), result.GetValue(resource), output.IsJson(result), result.InvocationConfiguration, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(PolicyFile policy, string? name, bool isJson, InvocationConfiguration console, CancellationToken cancellationToken)
    {
        if (policy.Policy is null)
        {
            policy.WriteProblems(console.Error, withWarnings: false);
            return ExitCodes.Error;
        }

        CompiledPolicy compiled = PolicyCompiler.Compile(policy.Policy, StandIns(policy.Policy));
        EnvoyResource[] resources = [.. compiled.Resources.Where(resource => name is null || resource.Name == name)];
        if (resources.Length == 0)
        {
            await console.Error.WriteLineAsync($"cagent: no resource is called \"{name}\"; \"cagent compile {policy.File}\" lists them").ConfigureAwait(false);
            return ExitCodes.Error;
        }

        string? authz = name is null ? AuthzText.Render(compiled.Authz) : null;
        if (isJson)
        {
            JsonOutput.Write(console.Output, ToJson(resources, authz));
        }
        else
        {
            Write(console.Output, resources, authz);
        }

        return ExitCodes.Ok;
    }

    private static CompilerInputs StandIns(ValidatedPolicy policy) => new()
    {
        Listen = new IPEndPoint(IPAddress.Loopback, 3128),
        SystemResolvers = [new IPEndPoint(IPAddress.Loopback, 53)],
        PublicCa = ByteString.CopyFromUtf8("(the machine's public roots)"),
        TrustedCas = policy.Entries.Select(entry => entry.TrustedCa).Append(policy.TrustedCa).OfType<string>().Distinct(StringComparer.Ordinal)
            .Select(path => KeyValuePair.Create(path, ByteString.CopyFromUtf8($"(the content of {path})")))
            .ToImmutableSortedDictionary(StringComparer.Ordinal),
    };

    private static JsonObject ToJson(IEnumerable<EnvoyResource> resources, string? authz) => new()
    {
        ["resources"] = JsonOutput.Array(resources.Select(resource => new JsonObject
        {
            ["name"] = resource.Name,
            ["type"] = resource.TypeUrl,
            ["resource"] = JsonNode.Parse(Formatter.Format(resource.Message)),
        })),
        ["authz"] = authz,
    };

    private static void Write(TextWriter writer, IEnumerable<EnvoyResource> resources, string? authz)
    {
        Table table = new Table { Border = TableBorder.Rounded }.AddColumns("type", "name", "bytes");
        foreach (EnvoyResource resource in resources)
        {
            table.AddRow(Markup.Escape(resource.Type.Name), Markup.Escape(resource.Name), FormattableString.Invariant($"{resource.Body.Length}"));
        }

        CommandConsole.Open(writer).Write(table);
        if (authz is not null)
        {
            writer.Write(authz);
        }

        writer.WriteLine("--output json shows each resource in full.");
    }
}
