// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.CommandLine;
using System.Net;
using System.Text.Json.Nodes;
using Cagent.Cli.Policies;
using Cagent.Compiler;
using Cagent.Compiler.Authz;
using Cagent.Compiler.Lowering;
using Cagent.EnvoyApi;
using Cagent.Policy.Model;
using Google.Protobuf;
using Spectre.Console;

namespace Cagent.Cli.Compiling;

/// <summary><c>cagent compile</c>.</summary>
internal static class CompileCommand
{
    private const string Help = """
        Shows what a policy becomes: the resources that Envoy gets, the table that decides, and those of limits and names
        where the policy has any. No file is written, nothing need run, and neither credentials nor CA files are
        read: a line says so where their content would stand.

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

        CompiledPolicy? tables = name is null ? compiled : null;
        if (isJson)
        {
            JsonOutput.Write(console.Output, ToJson(resources, tables));
        }
        else
        {
            Write(console.Output, resources, tables);
        }

        return ExitCodes.Ok;
    }

    private static CompilerInputs StandIns(ValidatedPolicy policy) => new()
    {
        Listen = new IPEndPoint(IPAddress.Loopback, 3128),
        Agents = new AgentListen { Sockets = "/run/cagent/agents", MutualTls = policy.Agents.Any(agent => agent.Identity is { Spiffe: not null, Listener: null }) ? new IPEndPoint(IPAddress.Loopback, 3443) : null },
        TrustBundles = policy.Agents.Select(agent => agent.Identity.Spiffe).OfType<string>().Select(SpiffeId.TrustDomainOf).Distinct(StringComparer.Ordinal)
            .ToImmutableSortedDictionary(domain => domain, domain => ByteString.CopyFromUtf8($"(the CAs of {domain})"), StringComparer.Ordinal),
        SystemResolvers = [new IPEndPoint(IPAddress.Loopback, 53)],
        PublicCa = ByteString.CopyFromUtf8("(the machine's public roots)"),
        TrustedCas = policy.Entries.Select(entry => entry.TrustedCa).Append(policy.TrustedCa).OfType<string>().Distinct(StringComparer.Ordinal)
            .Select(path => KeyValuePair.Create(path, ByteString.CopyFromUtf8($"(the content of {path})")))
            .ToImmutableSortedDictionary(StringComparer.Ordinal),
    };

    /// <param name="resources">The resources to show.</param>
    /// <param name="tables">The policy whose tables are shown as well, or null. Limits and names are there only when it has any.</param>
    internal static JsonObject ToJson(IEnumerable<EnvoyResource> resources, CompiledPolicy? tables)
    {
        JsonObject json = new()
        {
            ["resources"] = JsonOutput.Array(resources.Select(resource => new JsonObject
            {
                ["name"] = resource.Name,
                ["type"] = resource.TypeUrl,
                ["resource"] = JsonNode.Parse(Formatter.Format(resource.Message)),
            })),
            ["authz"] = tables is null ? null : AuthzText.Render(tables.Authz),
        };
        if (tables is not null && LimitOutput.ToJson(tables.Limits) is { } limits)
        {
            json["limits"] = limits;
        }

        if (tables is not null && DnsOutput.ToJson(tables.Dns) is { } dns)
        {
            json["dns"] = dns;
        }

        return json;
    }

    /// <inheritdoc cref="ToJson"/>
    internal static void Write(TextWriter writer, IEnumerable<EnvoyResource> resources, CompiledPolicy? tables)
    {
        Table table = new Table { Border = TableBorder.Rounded }.AddColumns("type", "name", "bytes");
        foreach (EnvoyResource resource in resources)
        {
            table.AddRow(Markup.Escape(resource.Type.Name), Markup.Escape(resource.Name), FormattableString.Invariant($"{resource.Body.Length}"));
        }

        IAnsiConsole console = CommandConsole.Open(writer);
        console.Write(table);
        if (tables is not null)
        {
            writer.Write(AuthzText.Render(tables.Authz));
            LimitOutput.Write(console, tables.Limits);
            DnsOutput.Write(console, tables.Dns);
        }

        writer.WriteLine("--output json shows each resource in full.");
    }
}
