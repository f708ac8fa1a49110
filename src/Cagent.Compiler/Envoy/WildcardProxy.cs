// SPDX-License-Identifier: Apache-2.0
using Cagent.Compiler.Lowering;
using Cagent.Domains;
using Envoy.Extensions.Common.DynamicForwardProxy.V3;
using Envoy.Extensions.Filters.Http.DynamicForwardProxy.V3;
using Google.Protobuf.WellKnownTypes;
using DnsLookupFamily = Envoy.Config.Cluster.V3.Cluster.Types.DnsLookupFamily;
using XdsCidrRange = Xds.Core.V3.CidrRange;

namespace Cagent.Compiler.Envoy;

/// <summary>The dynamic forward proxy, which resolves a wildcard's names as they come.</summary>
internal static class WildcardProxy
{
    /// <summary>More than ext_authz lets all agents have in use, since what is in use is not counted across a restart of the control plane.</summary>
    private const uint MaxHosts = 8192;

    /// <summary>The filter; its cache must be byte-equal to that of the clusters, or Envoy refuses them.</summary>
    public static FilterConfig Filter(EgressIr ir) => new()
    {
        DnsCacheConfig = Cache(ir),
        SaveUpstreamAddress = true,
        AllowDynamicHostFromFilterState = true,
    };

    /// <summary>
    /// One cache for all wildcards, filtered by address: one filter serves all, so a wildcard entry has no exceptions.
    /// Named by its size, its resolvers and the machine's own addresses: Envoy refuses a listener with other settings than a living cache of the same name.
    /// </summary>
    public static DnsCacheConfig Cache(EgressIr ir) => new()
    {
        Name = $"wild@{MaxHosts}/{string.Join(',', [.. ir.Resolvers.Select(resolver => resolver.ToString()), .. ir.ForbiddenUpstreams.Skip(ForbiddenAddresses.Ranges.Length).Select(range => range.ToString())])}",
        DnsLookupFamily = DnsLookupFamily.V4Only,
        DnsRefreshRate = Duration.FromTimeSpan(TimeSpan.FromSeconds(30)),
        HostTtl = Duration.FromTimeSpan(TimeSpan.FromSeconds(300)),
        MaxHosts = MaxHosts,
        DnsQueryTimeout = Duration.FromTimeSpan(TimeSpan.FromSeconds(5)),
        TypedDnsResolverConfig = DnsResolver.Of(ir.Resolvers),
        DnsFailureRefreshRate = new()
        {
            BaseInterval = Duration.FromTimeSpan(TimeSpan.FromSeconds(2)),
            MaxInterval = Duration.FromTimeSpan(TimeSpan.FromSeconds(10)),
        },
        ResolvedAddressFilter = new()
        {
            Ranges = { ir.ForbiddenUpstreams.Select(range => new XdsCidrRange { AddressPrefix = range.Address.ToString(), PrefixLen = (uint)range.PrefixLength }) },
        },
    };
}
