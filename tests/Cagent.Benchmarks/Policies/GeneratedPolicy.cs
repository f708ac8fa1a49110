// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Cagent.Compiler;
using Cagent.Policy;
using Cagent.Policy.Model;
using Google.Protobuf;

namespace Cagent.Benchmarks.Policies;

/// <summary>Policies of any size: exact hosts with rules, wildcards of both kinds, plain http.</summary>
internal static class GeneratedPolicy
{
    public static CompilerInputs Inputs { get; } = new()
    {
        Listen = new IPEndPoint(IPAddress.Loopback, 3128),
        SystemResolvers = [new IPEndPoint(IPAddress.Loopback, 53)],
        PublicCa = ByteString.CopyFromUtf8("public roots"),
    };

    public static string Text(int entries) => "version: 1\ndomains:\n" + string.Concat(Enumerable.Range(0, entries).Select(i => (i % 4) switch
    {
        0 or 1 => $"  - domain: h{i}.example.com\n    allow: [\"GET /v1/**\", \"POST /v1/*/items\"]\n    deny: [\"* /v1/secret/**\"]\n",
        2 => $"  - {{domain: \"*.w{i}.example.com\", read_only: true}}\n",
        _ => $"  - {{domain: p{i}.example.com, scheme: http}}\n",
    }));

    public static ValidatedPolicy Load(string text) =>
        PolicyLoader.Load(text, "cagent.yaml", new PolicyLoadOptions { MaxLength = int.MaxValue }).Policy ?? throw new InvalidOperationException("The policy has errors.");
}
