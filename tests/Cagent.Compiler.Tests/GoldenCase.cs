// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Net;
using Cagent.Policy;
using Cagent.TestKit.Files;
using Google.Protobuf;

namespace Cagent.Compiler.Tests;

/// <summary>One folder under <c>golden</c>: a policy and the text of what it compiles to.</summary>
public static class GoldenCase
{
    public static string Root { get; } = Path.Combine(RepositoryRoot.Path, "tests", "Cagent.Compiler.Tests", "golden");

    /// <summary>What a case may have beside its policy; further files of the policy are in folders.</summary>
    public const string Overlay = "overlay.yaml";

    /// <summary>A file beside the policy with the <see cref="PolicyFeatures"/> that the case needs, where those of production do not honour it yet.</summary>
    public const string Features = "features.txt";

    public static CompilerInputs Inputs { get; } = new()
    {
        Listen = new IPEndPoint(IPAddress.Loopback, 3128),
        SystemResolvers = [new IPEndPoint(IPAddress.Parse("192.0.2.53"), 53)],
        PublicCa = ByteString.CopyFromUtf8("public roots\n"),
        TrustedCas = ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal,
            [KeyValuePair.Create("/etc/cagent/pki/internal.pem", ByteString.CopyFromUtf8("internal roots\n"))]),
    };

    /// <summary>Where redirected connections arrive in the cases whose names begin with <c>transparent</c>.</summary>
    public static TransparentListen Transparent { get; } = new(
        [IPEndPoint.Parse("127.0.0.1:15443"), IPEndPoint.Parse("[::1]:15443")], [IPEndPoint.Parse("127.0.0.1:15080"), IPEndPoint.Parse("[::1]:15080")]);

    /// <summary>Whether a case runs in transparent mode too, on a machine with a public address.</summary>
    public static bool IsTransparent(string name) => name.StartsWith("transparent", StringComparison.Ordinal);

    public static string[] Names => [.. Directory.EnumerateDirectories(Root).Select(folder => Path.GetFileName(folder)!).Order(StringComparer.Ordinal)];

    public static TheoryData<string> All => [.. Names];

    /// <summary>The cases that use what production does not honour yet.</summary>
    public static TheoryData<string> WholeLanguage => [.. Names.Where(name => File.Exists(Path.Combine(Root, name, Features)))];

    private static AgentListen AgentListeners => new()
    {
        Named = AgentListen.None.Named.Add("batch", ListenAddress.Of(IPEndPoint.Parse("172.30.0.1:3129"))).Add("unused", ListenAddress.Of(IPEndPoint.Parse("172.30.0.1:3130"))),
        Sockets = "/run/cagent/agents",
        MutualTls = IPEndPoint.Parse("172.30.0.1:3443"),
    };

    private static ImmutableSortedDictionary<string, ByteString> Bundles =>
        ImmutableSortedDictionary<string, ByteString>.Empty.Add("example.org", ByteString.CopyFromUtf8("CAs of example.org")).Add("partner.example", ByteString.CopyFromUtf8("CAs of partner.example"));

    /// <summary>The compiled policy of a case, its text perhaps edited.</summary>
    public static CompiledPolicy Load(string name, Func<string, string>? edit = null)
    {
        string folder = Path.Combine(Root, name);
        string text = File.ReadAllText(Path.Combine(folder, "cagent.yaml"));
        return Compile(edit is null ? text : edit(text), new PolicyLoadOptions
        {
            Now = new DateTimeOffset(2026, 11, 22, 0, 0, 0, TimeSpan.Zero),
            Honoured = File.Exists(Path.Combine(folder, Features)) ? Enum.Parse<PolicyFeatures>(File.ReadAllText(Path.Combine(folder, Features))) : PolicyFeatures.Production,
            Overlays = File.Exists(Path.Combine(folder, Overlay)) ? [Overlay] : [],
            ReadFile = path => new PolicyFileText(File.ReadAllText(Path.Combine(folder, path)), null),
        }, IsTransparent(name) ? Inputs with { Transparent = Transparent, OwnAddresses = [IPAddress.Parse("10.0.0.5"), IPAddress.Parse("198.41.0.4")] }
            : name == "agents-by-connection" ? Inputs with { Agents = AgentListeners, TrustBundles = Bundles } : null);
    }

    /// <summary>The same policy with its entries and agents, each a block item, in another order.</summary>
    public static string Shuffle(string text, Random random)
    {
        string[] lines = text.Split('\n');
        return string.Join('\n', Shuffle(lines, "", random));
    }

    private static List<string> Shuffle(string[] lines, string indent, Random random)
    {
        string item = indent + "  - ";
        List<string> result = [];
        for (int i = 0; i < lines.Length;)
        {
            if (!lines[i].StartsWith(item, StringComparison.Ordinal))
            {
                result.Add(lines[i++]);
                continue;
            }

            List<string[]> items = [];
            while (i < lines.Length && lines[i].StartsWith(item, StringComparison.Ordinal))
            {
                int end = i + 1;
                while (end < lines.Length && lines[end].StartsWith(indent + "    ", StringComparison.Ordinal))
                {
                    end++;
                }

                items.Add([lines[i], .. Shuffle(lines[(i + 1)..end], indent + "    ", random)]);
                i = end;
            }

            result.AddRange(items.OrderBy(_ => random.Next()).SelectMany(one => one));
        }

        return result;
    }

    /// <summary>The compiled policy of a text that uses the whole language.</summary>
    public static CompiledPolicy CompileAll(string text) => Compile(text, new PolicyLoadOptions { Honoured = PolicyFeatures.All });

    public static CompiledPolicy Compile(string text, PolicyLoadOptions? options = null, CompilerInputs? inputs = null)
    {
        PolicyLoadResult loaded = PolicyLoader.Load(text, "cagent.yaml", options);
        Assert.True(loaded.Policy is not null, string.Join('\n', loaded.Diagnostics));
        return PolicyCompiler.Compile(loaded.Policy, inputs ?? Inputs);
    }
}
