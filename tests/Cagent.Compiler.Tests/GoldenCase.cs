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

    public static CompilerInputs Inputs { get; } = new()
    {
        Listen = new IPEndPoint(IPAddress.Loopback, 3128),
        SystemResolvers = [new IPEndPoint(IPAddress.Parse("192.0.2.53"), 53)],
        PublicCa = ByteString.CopyFromUtf8("public roots\n"),
        TrustedCas = ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal,
            [KeyValuePair.Create("/etc/cagent/pki/internal.pem", ByteString.CopyFromUtf8("internal roots\n"))]),
    };

    public static TheoryData<string> All => [.. Directory.EnumerateDirectories(Root).Select(folder => Path.GetFileName(folder)!).Order(StringComparer.Ordinal)];

    /// <summary>The compiled policy of a case.</summary>
    public static CompiledPolicy Load(string name) => Compile(File.ReadAllText(Path.Combine(Root, name, "cagent.yaml")));

    public static CompiledPolicy Compile(string text)
    {
        PolicyLoadResult loaded = PolicyLoader.Load(text, "cagent.yaml");
        Assert.True(loaded.Policy is not null, string.Join('\n', loaded.Diagnostics));
        return PolicyCompiler.Compile(loaded.Policy, Inputs);
    }
}
