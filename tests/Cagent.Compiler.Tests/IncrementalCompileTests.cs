// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net;
using System.Reflection;
using Cagent.Compiler.Authz;
using Cagent.Compiler.Lowering;
using Google.Protobuf;

namespace Cagent.Compiler.Tests;

/// <summary>What a previous result saves is time: whatever was edited, the bytes are those of a compilation from nothing.</summary>
public sealed class IncrementalCompileTests
{
    private static readonly int Factor =
        int.TryParse(Environment.GetEnvironmentVariable("CAGENT_PROPERTY_FACTOR"), NumberStyles.None, CultureInfo.InvariantCulture, out int factor) ? factor : 1;

    // Hosts that share virtual hosts and enclose one another, so that an edit reaches beyond its entry.
    private static readonly string[] Hosts =
        ["a.example.com", "b.example.com", "*.example.com", "**.example.com", "*.b.example.com", "**.b.example.com", "x.b.example.com", "plain.example.com", "c.example.org", "**.c.example.org", "*.d.c.example.org"];

    private static readonly string[] Bodies =
    [
        "", "read_only: true", "allow: [\"GET /v1/**\"]", "allow: [\"GET /v2/**\"]", "deny: [\"* /admin/**\"]", "timeout: 7s", "idle_timeout: 90s", "tls: passthrough",
        "scheme: http", "scheme: http, port: 8080", "port: 8443", "credential: {use: k, header: X-Api-Key}", "credential: {use: k, header: X-Other-Key}", "credential: {use: k, header: X-Api-Key, format: \"t {value}\"}",
    ];

    private static readonly string[] BodiesOfExactHosts =
        ["websocket: true", "addresses: [10.1.0.0/16]", "addresses: [10.2.0.0/16]", "tls: {mode: intercept, trusted_ca: /etc/cagent/pki/internal.pem}", "scheme: http, websocket: true"];

    [Fact]
    public void Compile_RandomEdits_GivesTheBytesOfAFullCompile()
    {
        Random random = new(20261123);
        for (int sequence = 0; sequence < 12 * Factor; sequence++)
        {
            SortedDictionary<string, string> entries = new(StringComparer.Ordinal);
            CompiledPolicy? previous = null;
            string head = "";
            for (int step = 0; step < 30; step++)
            {
                head = random.Next(12) == 0 ? Pick(random, "", "dns: {upstream: [192.0.2.1]}\n", "defaults: {timeout: 3s}\n", "defaults: {tls: {trusted_ca: /etc/cagent/pki/internal.pem}}\n") : head;
                for (int edits = random.Next(1, 4); edits > 0; edits--)
                {
                    Edit(entries, random);
                }

                string text = "version: 1\n" + head + "credentials: {k: {from: env, name: K}}\n" + (entries.Count == 0 ? "" : "domains:\n") + string.Concat(entries.Values.OrderBy(_ => random.Next()));
                Policy.PolicyLoadResult loaded = Policy.PolicyLoader.Load(text, "cagent.yaml");
                Assert.True(loaded.Policy is not null, text + string.Join('\n', loaded.Diagnostics));
                CompilerInputs inputs = random.Next(20) == 0 ? GoldenCase.Inputs with { SystemResolvers = [new IPEndPoint(IPAddress.Loopback, 53)] } : GoldenCase.Inputs;
                CompiledPolicy incremental = PolicyCompiler.Compile(loaded.Policy, inputs, previous);
                AssertEqual(PolicyCompiler.Compile(loaded.Policy, inputs), incremental);
                previous = incremental;
            }
        }
    }

    /// <summary>Agents come and go, all of them at times, and the entries that they hide and share with them.</summary>
    [Fact]
    public void Compile_RandomEditsOfAgents_GivesTheBytesOfAFullCompile()
    {
        Random random = new(20261124);
        for (int sequence = 0; sequence < 6 * Factor; sequence++)
        {
            SortedDictionary<string, string> shared = new(StringComparer.Ordinal);
            SortedDictionary<string, SortedDictionary<string, string>> agents = new(StringComparer.Ordinal);
            CompiledPolicy? previous = null;
            for (int step = 0; step < 30; step++)
            {
                string agent = Pick(random, "blue", "ci", "night-*");
                Edit(shared, random);
                if (random.Next(5) == 0)
                {
                    agents.Remove(agent);
                }
                else
                {
                    agents.TryAdd(agent, new SortedDictionary<string, string>(StringComparer.Ordinal));
                    Edit(agents[agent], random);
                }

                string text = "version: 1\ncredentials: {k: {from: env, name: K}}\n" + (shared.Count == 0 ? "" : "domains:\n") + string.Concat(shared.Values)
                    + (random.Next(6) == 0 ? "" : agents.Count == 0 ? "agents: []\n" : "agents:\n" + string.Concat(agents.Select((one, i) => string.Create(CultureInfo.InvariantCulture,
                        $"  - name: {one.Key}\n    identity: {{source: 172.30.0.{i + random.Next(2)}}}\n    quarantined: {(random.Next(5) == 0 ? "true" : "false")}\n    domains:{(one.Value.Count == 0 ? " []" : "")}\n{string.Concat(one.Value.Values.Select(entry => "  " + entry))}"))));
                Policy.PolicyLoadResult loaded = Policy.PolicyLoader.Load(text, "cagent.yaml", new Policy.PolicyLoadOptions { Honoured = Policy.PolicyFeatures.All });
                if (loaded.Policy is null && loaded.Diagnostics.Any(diagnostic => diagnostic.Code == "CAG1074"))
                {
                    continue; // two agents of one address
                }

                Assert.True(loaded.Policy is not null, text + string.Join('\n', loaded.Diagnostics));
                CompiledPolicy incremental = PolicyCompiler.Compile(loaded.Policy, GoldenCase.Inputs, previous);
                AssertEqual(PolicyCompiler.Compile(loaded.Policy, GoldenCase.Inputs), incremental);
                previous = incremental;
            }
        }
    }

    [Fact]
    public void Compile_UnchangedEntry_KeepsItsVeryBytes()
    {
        const string Text = "version: 1\ndomains:\n  - domain: a.example.com\n  - domain: b.example.com\n";
        CompiledPolicy first = GoldenCase.Compile(Text);
        CompiledPolicy second = PolicyCompiler.Compile(Policy.PolicyLoader.Load(Text + "  - domain: c.example.com\n", "cagent.yaml").Policy!, GoldenCase.Inputs, first);
        Assert.Same(BodyOf(first), BodyOf(second));

        static ByteString BodyOf(CompiledPolicy compiled) => compiled.Resources.Single(resource => resource.Name == "up@a.example.com:443").Body;
    }

    /// <summary>The message that the bytes are decoded to has the same bytes: parts were put together as the encoder would have.</summary>
    [Theory]
    [MemberData(nameof(GoldenCase.All), MemberType = typeof(GoldenCase))]
    public void Body_GoldenCase_IsTheEncodingOfItsMessage(string name) =>
        Assert.All(GoldenCase.Load(name).Resources, resource => Assert.Equal(EnvoyApi.EnvoyTypes.ToByteString(resource.Message), resource.Body));

    /// <summary>A property that the comparison forgot would leave old resources in force.</summary>
    [Fact]
    public void HasSameContent_EveryProperty_IsCompared()
    {
        PropertyInfo[] properties = typeof(EntryIr).GetProperties().Where(property => property.Name != "EqualityContract").ToArray();
        Assert.Equal(
            ["Addresses", "Alias", "AliasName", "Allow", "CaName", "Credential", "Deny", "GuardedId", "Id", "IdleTimeout", "Key", "Kind", "Location", "MaxRequestBody", "Name", "Owner", "RateLimit", "Reach", "ReadOnly", "RequestId", "Resilience", "RouteId", "Timeout", "WebSocket"],
            properties.Select(property => property.Name).Order(StringComparer.Ordinal));
    }

    private static void Edit(SortedDictionary<string, string> entries, Random random)
    {
        string host = Pick(random, Hosts);
        if (random.Next(4) == 0)
        {
            entries.Remove(host);
            return;
        }

        string body = Pick(random, host.Contains('*', StringComparison.Ordinal) ? Bodies : [.. Bodies, .. BodiesOfExactHosts]);
        body = body.StartsWith("scheme: http", StringComparison.Ordinal) || !body.Contains("credential", StringComparison.Ordinal) || host[0] != '*' ? body : "";
        entries[host] = $"  - {{domain: \"{host}\"{(body.Length == 0 ? "" : ", " + body)}}}\n" + (random.Next(5) == 0 ? "  # a comment moves what follows\n" : "");
    }

    private static void AssertEqual(CompiledPolicy expected, CompiledPolicy actual)
    {
        Assert.Equal(expected.Resources.Select(resource => (resource.TypeUrl, resource.Name)), actual.Resources.Select(resource => (resource.TypeUrl, resource.Name)));
        Assert.All(expected.Resources.Zip(actual.Resources), pair => Assert.True(pair.First.Body.Equals(pair.Second.Body), pair.First.Name));
        Assert.Equal(AuthzText.Render(expected.Authz), AuthzText.Render(actual.Authz));
        Assert.Equal(expected.Authz.Entries.Select(entry => entry.Location), actual.Authz.Entries.Select(entry => entry.Location));
    }

    private static T Pick<T>(Random random, params T[] from) => from[random.Next(from.Length)];
}
