// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Net;
using System.Text;
using Cagent.ControlPlane.Publishing;
using Cagent.ControlPlane.Revisions;
using Cagent.TestKit.Certificates;
using Cagent.Xds.Resources;
using Google.Protobuf;

namespace Cagent.ControlPlane.Tests.Publishing;

public sealed class RevisionBuilderTests
{
    private static readonly RevisionBuilder Builder = new(
        new DeploymentInputs(new IPEndPoint(IPAddress.Loopback, 3128), [new IPEndPoint(IPAddress.Loopback, 53)], ByteString.CopyFromUtf8("public roots")), TimeProvider.System);

    private static readonly ImmutableArray<byte> Pem = MakePem();

    /// <summary>A replica that started a moment ago, and has no earlier revision, must come to the same name and the same versions.</summary>
    [Fact]
    public void Build_OnARevisionBefore_GivesTheRevisionOfABuildFromNothing()
    {
        Random random = new(7);
        List<string> entries = [.. Enumerable.Range(0, 20).Select(i => Entry(i, "GET /v1/**"))];
        Revision? previous = null;
        for (int step = 0; step < 25; step++)
        {
            int at = random.Next(entries.Count);
            switch (random.Next(3))
            {
                case 0:
                    entries.RemoveAt(at);
                    break;
                case 1:
                    entries.Insert(at, Entry(100 + step, "POST /v1/*/items"));
                    break;
                default:
                    entries[at] = Entry(200 + step, "GET /v2/**");
                    break;
            }

            string text = "version: 1\ndomains:\n" + string.Concat(entries);
            Revision built = Build(text, previous);
            Revision fresh = Build(text, null);
            Assert.Equal(fresh.Id, built.Id);
            Assert.All(fresh.Snapshot.TypeUrls, type => Assert.Equal(fresh.Snapshot.Of(type).Version, built.Snapshot.Of(type).Version));
            previous = built;
        }
    }

    /// <summary>A replica with another of these would be another policy under the same name.</summary>
    [Theory]
    [InlineData("own.example.com", "own.example.com, addresses: [10.0.0.0/8]")]
    [InlineData("own.example.com", "own.example.com, timeout: 7s")]
    [InlineData("own.example.com", "own.example.com, idle_timeout: 7s")]
    [InlineData("own.example.com", "own.example.com, expires_at: 2099-01-01T00:00:00Z")]
    [InlineData("own.example.com", "own.example.com, read_only: true")]
    [InlineData("own.example.com", "own.example.com, tls: {mode: intercept, trusted_ca: other.pem}")]
    [InlineData("own.example.com", "own.example.com, credential: {use: k, header: X-Api-Key}")]
    [InlineData("172.31.0.1", "172.31.0.2")]
    [InlineData("172.30.0.0/24", "172.30.1.0/24")]
    [InlineData("name: CI", "name: CI_TOKEN")]
    [InlineData("blue", "green")]
    [InlineData("quarantined: false", "quarantined: true")]
    [InlineData("from: env, name: CI", "from: file, path: ci")]
    [InlineData("agents:\n", "agents: []\nx:\n")]
    public void Build_AnythingOfAnAgentChanged_IsAnotherRevision(string before, string after)
    {
        string text = """
            version: 1
            credentials: {k: {from: env, name: K}}
            domains:
              - {domain: shared.example.com, credential: {use: k, header: X-Api-Key}}
            agents:
              - {name: blue, identity: {source: 172.31.0.1}, quarantined: false, domains: [{domain: own.example.com}]}
              - {name: ci, identity: {token: {from: env, name: CI}, source: 172.30.0.0/24}, domains: [{domain: other.example.com, expires_at: 2098-01-01T00:00:00Z}]}

            """;
        string changed = text.Replace(before, after, StringComparison.Ordinal);
        changed = changed.Contains("\nx:\n", StringComparison.Ordinal) ? changed[..changed.IndexOf("x:\n", StringComparison.Ordinal)] : changed;
        Assert.NotEqual(Build(text, null).Id, Build(changed, null).Id);
        Assert.Equal(Build(changed, null).Id, Build(changed, Build(text, null)).Id);
    }

    /// <summary>A definition that is equal keeps its value through an edit, and one that is not is another revision.</summary>
    [Theory]
    [InlineData("--json", "--text")]
    [InlineData("[HOME, A]", "[HOME]")]
    [InlineData("secret/data/a", "secret/data/b")]
    [InlineData("app_role: {role_id: {from: env, name: R}", "app_role: {role_id: {from: env, name: Q}")]
    public void Build_FetchedCredentials_AreEqualByContentAndTellRevisionsApart(string before, string after)
    {
        string text = """
            version: 1
            credentials:
              k: {from: exec, command: [/bin/print, --json], environment: [HOME, A]}
              v: {from: vault, path: secret/data/a, field: f, app_role: {role_id: {from: env, name: R}, secret_id: {from: env, name: S}}}
            domains:
              - {domain: a.example.com, credential: {use: k, header: X-Api-Key}}
              - {domain: b.example.com, credential: {use: v, header: X-Api-Key}}

            """;
        Revision first = Build(text, null);
        Revision changed = Build(text.Replace(before, after, StringComparison.Ordinal), first);
        Assert.Equal(first.Credentials.AsEnumerable(), Build(text + "# edited\n", first).Credentials.AsEnumerable());
        Assert.NotEqual(first.Id, changed.Id);
        Assert.NotEqual(first.Credentials.AsEnumerable(), changed.Credentials.AsEnumerable());
    }

    [Fact]
    public void Build_OneRuleChanged_SharesTheResourcesThatDoNotChange()
    {
        string text = "version: 1\ndomains:\n" + Entry(1, "GET /v1/**") + Entry(2, "GET /v1/**");
        Revision first = Build(text, null);
        Revision second = Build(text.Replace("h2.example.com, allow: [\"GET /v1/**\"", "h2.example.com, allow: [\"GET /v3/**\"", StringComparison.Ordinal), first);
        Assert.NotEqual(first.Id, second.Id);
        Assert.Same(UpstreamOf(first), UpstreamOf(second));

        static XdsResource UpstreamOf(Revision revision) =>
            revision.Snapshot.Of(XdsType.Cluster.TypeUrl).TryGet("up@h1.example.com:443", out XdsResource? resource) ? resource : throw new InvalidOperationException("There is no such cluster.");
    }

    private static string Entry(int number, string rule) => $"  - {{domain: h{number}.example.com, allow: [\"{rule}\"]}}\n";

    private static ImmutableArray<byte> MakePem()
    {
        using TestCa ca = new();
        return [.. Encoding.ASCII.GetBytes(ca.RootPem)];
    }

    private static Revision Build(string text, Revision? previous)
    {
        RevisionBuildResult result = Builder.Build("cagent.yaml", [.. Encoding.UTF8.GetBytes(text)], [], path => new DependencyReading(path.EndsWith(".pem", StringComparison.Ordinal) ? Pem : [], null), previous);
        return result.Revision ?? throw new InvalidOperationException(string.Join('\n', result.Diagnostics));
    }
}
