// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Authorization;
using Cagent.Xds.Capabilities;
using Cagent.Xds.Nodes;
using Cagent.Xds.OnDemand;
using Cagent.Xds.Ordering;
using Microsoft.Extensions.Logging;

namespace Cagent.Xds.Streams;

/// <summary>What all streams of a server share. Thread safe.</summary>
internal sealed record StreamScope(
    XdsServerOptions Options, TimeProvider Time, ILogger Logger, XdsMetrics Metrics, OnDemandSources Sources, IStreamEvents Events)
{
    /// <summary>What nodes rejected on earlier streams.</summary>
    public RejectionMemory Rejections { get; } = new();

    /// <summary>Who may come in.</summary>
    public Admission Admission { get; } = new(Options, Time, Logger);

    /// <summary>How many may come in at a time.</summary>
    public OpeningGate Openings { get; } = new(Options, Time);

    /// <summary>What nodes can digest.</summary>
    public CapabilityCatalog Capabilities { get; } = new(Options, Logger);

    /// <summary>The streams of each node.</summary>
    public NodeCensus Census { get; } = new();

    /// <summary>The last publications.</summary>
    public RevisionLog Revisions { get; } = new();

    public StreamLimits Limits { get; } = new(
        Options.AckTimeout, Options.RemovalGrace, Options.MaxResourceBytesPerResponse, Options.MaxUnansweredResponses)
    {
        MaxHalvings = Options.MaxHalvings,
    };
}
