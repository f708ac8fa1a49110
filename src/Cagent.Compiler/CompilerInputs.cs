// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Net;
using Google.Protobuf;

namespace Cagent.Compiler;

/// <summary>
/// What compilation needs beside the policy. Everything that would be I/O is handed in, so that the same inputs
/// give the same bytes on every replica.
/// </summary>
public sealed record CompilerInputs
{
    /// <summary>Where agents reach the explicit proxy.</summary>
    public required IPEndPoint Listen { get; init; }

    /// <summary>Where redirected connections arrive.</summary>
    public TransparentListen Transparent { get; init; } = TransparentListen.None;

    /// <summary>Where agents connect that are known by a listener or a certificate.</summary>
    public AgentListen Agents { get; init; } = AgentListen.None;

    /// <summary>The content (PEM) of every file of <see cref="AgentListen.TrustBundles"/>, by trust domain.</summary>
    public ImmutableSortedDictionary<string, ByteString> TrustBundles { get; init; } = ImmutableSortedDictionary<string, ByteString>.Empty;

    /// <summary>The addresses of the machine that the proxy runs on: no upstream, unless an entry opens them.</summary>
    public ImmutableArray<IPAddress> OwnAddresses { get; init; } = [];

    /// <summary>Resolvers of a policy without <c>dns.upstream</c>: the host's own.</summary>
    public required ImmutableArray<IPEndPoint> SystemResolvers { get; init; }

    /// <summary>The CA certificates (PEM) that verify an upstream whose entry names no <c>trusted_ca</c>.</summary>
    public required ByteString PublicCa { get; init; }

    /// <summary>The content (PEM) of every <c>trusted_ca</c> file that the policy names, by its path.</summary>
    public ImmutableSortedDictionary<string, ByteString> TrustedCas { get; init; } = ImmutableSortedDictionary<string, ByteString>.Empty;
}
