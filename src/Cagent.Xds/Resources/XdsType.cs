// SPDX-License-Identifier: Apache-2.0
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Cagent.Xds.Resources;

/// <summary>A resource type of the xDS protocol with its place in the make-before-break order. Immutable.</summary>
public sealed class XdsType
{
    private const string Prefix = "type.googleapis.com/";

    /// <summary>CDS.</summary>
    public static readonly XdsType Cluster = new("envoy.config.cluster.v3.Cluster", "cds", SendPhase.Upstream, RemovalRank.Upstream, isFullState: true);

    /// <summary>EDS.</summary>
    public static readonly XdsType Endpoints = new("envoy.config.endpoint.v3.ClusterLoadAssignment", "eds", SendPhase.Upstream, RemovalRank.Upstream, isOnePerResponse: true);

    /// <summary>SDS.</summary>
    public static readonly XdsType Secret = new("envoy.extensions.transport_sockets.tls.v3.Secret", "sds", SendPhase.Upstream, RemovalRank.Secrets, isOnePerResponse: true);

    /// <summary>LDS.</summary>
    public static readonly XdsType Listener = new("envoy.config.listener.v3.Listener", "lds", SendPhase.Listeners, RemovalRank.Traffic, isFullState: true);

    /// <summary>ECDS.</summary>
    public static readonly XdsType ExtensionConfig = new("envoy.config.core.v3.TypedExtensionConfig", "ecds", SendPhase.Listeners, RemovalRank.Extensions, isOnePerResponse: true);

    /// <summary>RTDS.</summary>
    public static readonly XdsType Runtime = new("envoy.service.runtime.v3.Runtime", "rtds", SendPhase.Listeners, RemovalRank.Extensions, isOnePerResponse: true);

    /// <summary>RDS.</summary>
    public static readonly XdsType Routes = new("envoy.config.route.v3.RouteConfiguration", "rds", SendPhase.Routes, RemovalRank.Traffic, isOnePerResponse: true);

    // The protocol lets SotW responses of this type be partial, but Envoy drops the scopes that one leaves out.
    /// <summary>SRDS.</summary>
    public static readonly XdsType ScopedRoutes = new("envoy.config.route.v3.ScopedRouteConfiguration", "srds", SendPhase.Routes, RemovalRank.Traffic, isFullState: true);

    /// <summary>VHDS.</summary>
    public static readonly XdsType VirtualHost = new("envoy.config.route.v3.VirtualHost", "vhds", SendPhase.Routes, RemovalRank.Traffic, isOnePerResponse: true);

    // Its only client replaces all of its configuration with each response.
    /// <summary>The configuration of envoyproxy/ratelimit, which is no Envoy and asks in SotW ADS only.</summary>
    public static readonly XdsType RateLimitConfig = new("ratelimit.config.ratelimit.v3.RateLimitConfig", "rlsds", SendPhase.Listeners, RemovalRank.Extensions, isFullState: true);

    // EDS directly behind CDS: Envoy holds the CDS ACK until a changed EDS cluster got its endpoints again.
    /// <summary>All types in the order in which additions and changes are sent.</summary>
    public static readonly ImmutableArray<XdsType> SendOrder =
        [Cluster, Endpoints, Secret, Listener, ExtensionConfig, Runtime, RateLimitConfig, Routes, ScopedRoutes, VirtualHost];

    /// <summary>All types in the order in which removals are sent.</summary>
    public static readonly ImmutableArray<XdsType> RemovalOrder =
        [VirtualHost, ScopedRoutes, Routes, Listener, ExtensionConfig, Runtime, RateLimitConfig, Endpoints, Cluster, Secret];

    private static readonly FrozenDictionary<string, XdsType> ByUrl =
        SendOrder.ToFrozenDictionary(type => type.TypeUrl, StringComparer.Ordinal);

    private XdsType(string message, string shortName, SendPhase phase, RemovalRank rank, bool isOnePerResponse = false, bool isFullState = false)
    {
        TypeUrl = Prefix + message;
        ShortName = shortName;
        Phase = phase;
        Rank = rank;
        IsOnePerResponse = isOnePerResponse;
        IsFullState = isFullState;
    }

    /// <summary>The URL that names the type on the wire, <c>type.googleapis.com/…</c>.</summary>
    public string TypeUrl { get; }

    /// <summary>The usual abbreviation in lower case, for logs and metric tags.</summary>
    public string ShortName { get; }

    internal SendPhase Phase { get; }

    internal RemovalRank Rank { get; }

    /// <summary>True when a SotW response lists everything that is subscribed: what it leaves out is deleted.</summary>
    internal bool IsFullState { get; }

    /// <summary>
    /// True when a delta response carries one resource only: for these types Envoy does not apply the good resources beside a
    /// bad one, and its text does not always name the bad one.
    /// </summary>
    internal bool IsOnePerResponse { get; }

    /// <summary>Finds a type by its URL; false for a type that this server does not know.</summary>
    public static bool TryFind(string typeUrl, [NotNullWhen(true)] out XdsType? type) => ByUrl.TryGetValue(typeUrl, out type);

    /// <inheritdoc/>
    public override string ToString() => ShortName;
}
