// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Net;
using Cagent.Compiler;
using Google.Protobuf;

namespace Cagent.ControlPlane.Publishing;

/// <summary>What stays the same for all revisions of one process.</summary>
/// <param name="Listen">Where agents reach the proxy.</param>
/// <param name="SystemResolvers">The host's own DNS servers.</param>
/// <param name="PublicCa">The host's public roots (PEM).</param>
public sealed record DeploymentInputs(IPEndPoint Listen, ImmutableArray<IPEndPoint> SystemResolvers, ByteString PublicCa)
{
    /// <summary>Where redirected connections arrive.</summary>
    public TransparentListen Transparent { get; init; } = TransparentListen.None;

    /// <summary>Where agents connect that are known by a listener or a certificate.</summary>
    public AgentListen Agents { get; init; } = AgentListen.None;

    /// <summary>The addresses of the machine: no upstream, unless an entry opens them.</summary>
    public ImmutableArray<IPAddress> OwnAddresses { get; init; } = [];
}
