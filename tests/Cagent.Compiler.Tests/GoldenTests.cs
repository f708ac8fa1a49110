// SPDX-License-Identifier: Apache-2.0
using Cagent.Compiler.Authz;
using Cagent.Compiler.Dns;
using Cagent.Compiler.Limits;

namespace Cagent.Compiler.Tests;

/// <summary>
/// Every folder under <c>golden</c> is a case. <c>CAGENT_UPDATE_GOLDEN=1 dotnet test</c> rewrites the expected files and
/// deletes stale ones; read the difference before you commit it.
/// </summary>
public sealed class GoldenTests
{
    private const string Prefix = "type.googleapis.com/envoy.";

    private static readonly Dictionary<string, string> FileOfType = new(StringComparer.Ordinal)
    {
        [Prefix + "config.cluster.v3.Cluster"] = "clusters.yaml",
        [Prefix + "config.route.v3.RouteConfiguration"] = "routes.yaml",
        [Prefix + "config.listener.v3.Listener"] = "listeners.yaml",
        [Prefix + "extensions.transport_sockets.tls.v3.Secret"] = "secrets.yaml",
        [Prefix + "config.core.v3.TypedExtensionConfig"] = "extensions.yaml",
    };

    [Theory]
    [MemberData(nameof(GoldenCase.All), MemberType = typeof(GoldenCase))]
    public void Compile_GoldenCase_IsAsCommitted(string name)
    {
        string folder = Path.Combine(GoldenCase.Root, name);
        SortedDictionary<string, string> actual = Render(GoldenCase.Load(name));
        // Listeners depend on the deployment, and on who the agents are (tests below): few cases show them.
        if (name != "complete" && !GoldenCase.IsTransparent(name) && !name.StartsWith("agents-by-", StringComparison.Ordinal))
        {
            actual.Remove("listeners.yaml");
            // And without limits their slots hold no more than what the same case shows.
            if (!actual.ContainsKey("limits.yaml"))
            {
                actual.Remove("extensions.yaml");
            }
        }

        if (Environment.GetEnvironmentVariable("CAGENT_UPDATE_GOLDEN") == "1")
        {
            Update(folder, actual);
        }

        Dictionary<string, string> expected = Directory.EnumerateFiles(folder).Where(IsExpected)
            .ToDictionary(file => Path.GetFileName(file), File.ReadAllText, StringComparer.Ordinal);
        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), actual.Keys);
        Assert.All(actual, file => Assert.Equal(expected[file.Key], file.Value));
    }

    [Theory]
    [MemberData(nameof(GoldenCase.All), MemberType = typeof(GoldenCase))]
    public void Compile_Twice_GivesTheSameBytes(string name)
    {
        Assert.Equal(Render(GoldenCase.Load(name)), Render(GoldenCase.Load(name)));
    }

    /// <summary>Agents and entries stand in the tables by name. Only resolvers keep their order, which says whom to ask first.</summary>
    [Theory]
    [MemberData(nameof(GoldenCase.WholeLanguage), MemberType = typeof(GoldenCase))]
    public void Compile_ShuffledAgentsAndEntries_GivesTheSameBytes(string name)
    {
        Random random = new(20261123);
        HashSet<string> texts = [];
        SortedDictionary<string, string> expected = Render(GoldenCase.Load(name));
        for (int round = 0; round < 10; round++)
        {
            Assert.Equal(expected, Render(GoldenCase.Load(name, text =>
            {
                string shuffled = GoldenCase.Shuffle(text, random);
                texts.Add(shuffled);
                return shuffled;
            })));
        }

        Assert.InRange(texts.Count, 5, 10);
    }

    /// <summary>Invariant 5: no policy changes a byte of a listener, or every stream through it would end. Only who the agents are is written there.</summary>
    [Fact]
    public void Compile_AnyPolicy_LeavesListenersAlone()
    {
        // dns.upstream is the one setting that stands in a listener: resolvers are part of the deployment.
        IEnumerable<string> listeners = GoldenCase.Names
            .Where(name => !GoldenCase.IsTransparent(name) && File.ReadAllText(Path.Combine(GoldenCase.Root, name, "cagent.yaml")) is var text && !text.Contains("upstream:", StringComparison.Ordinal) && !text.Contains("agents:", StringComparison.Ordinal))
            .Select(name => Render(GoldenCase.Load(name))["listeners.yaml"]).Distinct();
        Assert.Single(listeners);
    }

    private static SortedDictionary<string, string> Render(CompiledPolicy compiled)
    {
        SortedDictionary<string, string> files = new(StringComparer.Ordinal) { ["authz.yaml"] = AuthzText.Render(compiled.Authz) };
        AddUnlessEmpty("limits.yaml", LimitText.Render(compiled.Limits));
        AddUnlessEmpty("dns.yaml", DnsText.Render(compiled.Dns));
        foreach (IGrouping<string, EnvoyResource> group in compiled.Resources.GroupBy(resource => FileOfType[resource.TypeUrl], StringComparer.Ordinal))
        {
            files[group.Key] = ResourceText.Render(group);
        }

        return files;

        void AddUnlessEmpty(string name, string text)
        {
            if (text.Length > 0)
            {
                files[name] = text;
            }
        }
    }

    private static bool IsExpected(string file) => Path.GetFileName(file) is not ("cagent.yaml" or GoldenCase.Overlay or GoldenCase.Features);

    private static void Update(string folder, SortedDictionary<string, string> actual)
    {
        foreach (string stale in Directory.EnumerateFiles(folder).Where(IsExpected))
        {
            File.Delete(stale);
        }

        foreach ((string file, string content) in actual)
        {
            File.WriteAllText(Path.Combine(folder, file), content);
        }
    }
}
