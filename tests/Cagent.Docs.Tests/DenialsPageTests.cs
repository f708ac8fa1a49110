// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Cagent.Compiler;
using Cagent.Compiler.Authz;
using Cagent.EnvoyApi;
using Cagent.Policy;
using Cagent.TestKit.Files;
using Google.Protobuf;

namespace Cagent.Docs.Tests;

/// <summary>docs/denials.md lists exactly the reasons that an agent can read: those of ext_authz and those that Envoy words by itself.</summary>
public sealed partial class DenialsPageTests
{
    private const string Policy = """
        version: 1
        domains:
          - {domain: web.example.com, websocket: true}
          - {domain: "*.wild.example.com"}
          - {domain: plain.example.com, scheme: http}
          - {domain: pinned.example.com, tls: passthrough}
        """;

    [Fact]
    public void Table_AgainstTheProduct_HasTheSameReasons()
    {
        IEnumerable<string> product = Enum.GetValues<DenyReason>().Select(reason => reason.WireName()).Concat(OfEnvoy()).Distinct().Order(StringComparer.Ordinal);
        Assert.Equal(product, Rows().Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Table_EachReasonOfTheDecision_HasItsStatus() =>
        Assert.All(Enum.GetValues<DenyReason>(), reason => Assert.Contains(reason.Status().ToString(CultureInfo.InvariantCulture), Rows()[reason.WireName()].Split(", ")));

    /// <summary>The values that listeners, routes and their script give to <c>x-cagent-denied</c>.</summary>
    private static string[] OfEnvoy()
    {
        CompiledPolicy compiled = PolicyCompiler.Compile(PolicyLoader.Load(Policy, "cagent.yaml").Policy!, new CompilerInputs
        {
            Listen = new IPEndPoint(IPAddress.Loopback, 3128),
            SystemResolvers = [new IPEndPoint(IPAddress.Loopback, 53)],
            PublicCa = ByteString.Empty,
        });
        JsonFormatter formatter = new(JsonFormatter.Settings.Default.WithTypeRegistry(EnvoyTypes.Registry));
        string[] found = [.. compiled.Resources.SelectMany(resource => DeniedHeader().Matches(formatter.Format(resource.Message)).Select(match => match.Groups[1].Value))];
        Assert.NotEmpty(found);
        return found;
    }

    /// <summary>Reason and status of each row of the page's first table.</summary>
    private static Dictionary<string, string> Rows() => Row()
        .Matches(File.ReadAllText(Path.Combine(RepositoryRoot.Path, "docs", "denials.md")))
        .ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value.Trim(), StringComparer.Ordinal);

    [GeneratedRegex("""x-cagent-denied\\?", (?:"value": )?\\?"([a-z_]+)\\?\u0022""")]
    private static partial Regex DeniedHeader();

    [GeneratedRegex("^\\| `([a-z_]+)` \\| ([0-9, ]+) \\|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
