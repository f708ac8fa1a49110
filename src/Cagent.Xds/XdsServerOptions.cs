// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Authorization;
using Cagent.Xds.Capabilities;
using Cagent.Xds.Nodes;
using Cagent.Xds.Resources;
using Envoy.Config.Core.V3;

namespace Cagent.Xds;

/// <summary>The bounds of an <see cref="XdsServer"/>. Immutable.</summary>
public sealed record XdsServerOptions
{
    /// <summary>
    /// Tells the group of a node, which gets that group's snapshot and no other's; default: all are in
    /// <see cref="XdsServer.DefaultGroup"/>. Called often and by many threads: cheap and without waiting. It may come to
    /// answer differently; a node moves over at its next request, or when its new group is published or forgotten.
    /// </summary>
    public Func<NodeIdentity, string> GroupOf { get; init; } = _ => XdsServer.DefaultGroup;

    /// <summary>
    /// How long a later phase waits for the ACK of an earlier one, and a type for its own, before it goes on; default 5 s,
    /// greater than zero. Envoy holds back the ACKs of CDS while any cluster warms, so this is a bound, not an error.
    /// </summary>
    public TimeSpan AckTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long a resource outlives the ACK of whatever stopped referring to it; default 5 s, zero or more. Requests that
    /// were routed before the change end in this time.
    /// </summary>
    public TimeSpan RemovalGrace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The limit of a response's resources in bytes; default 1 MiB, at least 1 KiB. A larger resource goes alone.</summary>
    public int MaxResourceBytesPerResponse { get; init; } = 1024 * 1024;

    /// <summary>Names of one type on one stream; default 32768, at least 1. More end the stream with RESOURCE_EXHAUSTED.</summary>
    public int MaxNamesPerSubscription { get; init; } = 32 * 1024;

    /// <summary>Characters of a name; default 1024, at least 1. A longer one ends the stream with INVALID_ARGUMENT.</summary>
    public int MaxNameLength { get; init; } = 1024;

    /// <summary>Responses of a type that wait for an ACK before answers wait too; default 256, at least 1.</summary>
    public int MaxUnansweredResponses { get; init; } = 256;

    /// <summary>On-demand resources that one stream has made at the same time; default 64, at least 1. More wait.</summary>
    public int MaxConcurrentOnDemand { get; init; } = 64;

    /// <summary>How long a source may take; default 5 s, greater than zero. Then the resource counts as missing.</summary>
    public TimeSpan OnDemandTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long the write of one response may take; default 30 s, greater than zero. Then the stream ends.</summary>
    public TimeSpan WriteTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Decides which caller may be which node, and who may read the status (CSDS); default: whoever the transport lets in may
    /// be any node, and nobody may read the status.
    /// </summary>
    public IXdsAuthorizer Authorizer { get; init; } = new TransportAuthorizer();

    /// <summary>
    /// How long the first message, then the authoriser, and then the wait for one of <see cref="MaxConcurrentOpenings"/> may take; default 10 s,
    /// greater than zero.
    /// </summary>
    public TimeSpan OpeningTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Open streams with the same node id; default 1024, at least 1. More are refused with RESOURCE_EXHAUSTED. An Envoy
    /// without ADS opens one for each cluster's endpoints.
    /// </summary>
    public int MaxStreamsPerNode { get; init; } = 1024;

    /// <summary>
    /// Streams that may get their first answer at the same time; default 64, at least 1. Others wait in order, and after
    /// <see cref="OpeningTimeout"/> are refused with RESOURCE_EXHAUSTED, to come back by their own back-off. One that takes longer than 250 ms
    /// stops counting, so that clients that do not read hold nobody up.
    /// </summary>
    public int MaxConcurrentOpenings { get; init; } = 64;

    /// <summary>
    /// Bytes of a request; default 16 MiB, at least 1 KiB. A larger one ends the stream with RESOURCE_EXHAUSTED. The transport
    /// has a limit of its own.
    /// </summary>
    public int MaxRequestBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>
    /// Requests of a stream in a second that answer no response, each 64 KiB counting as one more; default 1000, greater than
    /// zero. More, after <see cref="RequestBurst"/>, end the stream with RESOURCE_EXHAUSTED.
    /// </summary>
    public double RequestsPerSecond { get; init; } = 1000;

    /// <summary>Requests that may come at once; default 16384, at least 1.</summary>
    public int RequestBurst { get; init; } = 16 * 1024;

    /// <summary>Bytes of a response of the status service; default 16 MiB, at least 1 KiB. More is RESOURCE_EXHAUSTED.</summary>
    public int MaxStatusBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>
    /// Requests of the unary and REST methods that are answered at the same time; default 64, at least 1. More are refused
    /// with RESOURCE_EXHAUSTED (429).
    /// </summary>
    public int MaxConcurrentFetches { get; init; } = 64;

    /// <summary>How often nodes are to report their load (LRS); default 10 s, at least 100 ms.</summary>
    public TimeSpan LoadReportInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How many rejected responses of a type a stream may halve to find the bad resource when the client's words name none,
    /// until the type's content changes; default 0: never, all of the response is held back at once. One bad resource among n
    /// takes log2 n. Beyond the limit the rest is held back. At least 0.
    /// </summary>
    public int MaxHalvings { get; init; }

    /// <summary>
    /// Tells what a node can digest, by its description of itself; default: everything. Called once for each stream, by many
    /// threads: cheap and without waiting. Resources with <see cref="XdsResource.Requires"/> go to the nodes that have it all.
    /// </summary>
    public Func<Node, CapabilitySet> CapabilitiesOf { get; init; } = _ => CapabilitySet.All;

    /// <summary>Distinct results of <see cref="CapabilitiesOf"/>; default 64, at least 1. A node with one more is refused.</summary>
    public int MaxCapabilitySets { get; init; } = 64;

    /// <summary>
    /// Makes resources for single nodes, on top of their group's; default: none. Of two resources with one type and name that of
    /// the group counts.
    /// </summary>
    public INodeResourceSource? NodeResources { get; init; }

    /// <summary>Resources that <see cref="NodeResources"/> may make for one node; default 1000, at least 1.</summary>
    public int MaxNodeResources { get; init; } = 1000;

    /// <summary>Says which option is out of its range; null when none is.</summary>
    public string? FindError() => this switch
    {
        { AckTimeout.Ticks: <= 0 } => $"{nameof(AckTimeout)} must be greater than zero",
        { RemovalGrace.Ticks: < 0 } => $"{nameof(RemovalGrace)} must not be negative",
        { MaxResourceBytesPerResponse: < 1024 } => $"{nameof(MaxResourceBytesPerResponse)} must be at least 1024",
        { MaxNamesPerSubscription: < 1 } => $"{nameof(MaxNamesPerSubscription)} must be at least 1",
        { MaxNameLength: < 1 } => $"{nameof(MaxNameLength)} must be at least 1",
        { MaxUnansweredResponses: < 1 } => $"{nameof(MaxUnansweredResponses)} must be at least 1",
        { MaxConcurrentOnDemand: < 1 } => $"{nameof(MaxConcurrentOnDemand)} must be at least 1",
        { OnDemandTimeout.Ticks: <= 0 } => $"{nameof(OnDemandTimeout)} must be greater than zero",
        { WriteTimeout.Ticks: <= 0 } => $"{nameof(WriteTimeout)} must be greater than zero",
        { OpeningTimeout.Ticks: <= 0 } => $"{nameof(OpeningTimeout)} must be greater than zero",
        { MaxStreamsPerNode: < 1 } => $"{nameof(MaxStreamsPerNode)} must be at least 1",
        { MaxConcurrentOpenings: < 1 } => $"{nameof(MaxConcurrentOpenings)} must be at least 1",
        { MaxRequestBytes: < 1024 } => $"{nameof(MaxRequestBytes)} must be at least 1024",
        { RequestsPerSecond: not > 0 } => $"{nameof(RequestsPerSecond)} must be greater than zero",
        { RequestBurst: < 1 } => $"{nameof(RequestBurst)} must be at least 1",
        { MaxStatusBytes: < 1024 } => $"{nameof(MaxStatusBytes)} must be at least 1024",
        { MaxConcurrentFetches: < 1 } => $"{nameof(MaxConcurrentFetches)} must be at least 1",
        { LoadReportInterval.TotalMilliseconds: < 100 } => $"{nameof(LoadReportInterval)} must be at least 100 ms",
        { MaxHalvings: < 0 } => $"{nameof(MaxHalvings)} must not be negative",
        { MaxCapabilitySets: < 1 } => $"{nameof(MaxCapabilitySets)} must be at least 1",
        { MaxNodeResources: < 1 } => $"{nameof(MaxNodeResources)} must be at least 1",
        _ => null,
    };
}
