// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Domains;
using Envoy.Config.Core.V3;
using Envoy.Config.Rbac.V3;
using Envoy.Extensions.Filters.Http.BodySizeLimit.V3;
using Envoy.Extensions.Filters.Http.UpstreamCodec.V3;
using Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;
using Envoy.Extensions.Rbac.Matchers.UpstreamIpPort.V3;
using HttpRbac = Envoy.Extensions.Filters.Http.Rbac.V3.RBAC;
using RbacPolicy = Envoy.Config.Rbac.V3.Policy;
using Rules = Envoy.Config.Rbac.V3.RBAC;

namespace Cagent.Compiler.Envoy;

/// <summary>
/// The SSRF guard: refuses the *resolved* address of an upstream, when the request is about to be sent and before a
/// connection is made (envoy-dynamics, section 7). The list and its exceptions come from Cagent.Domains and the entry.
/// </summary>
internal static class AddressGuard
{
    /// <summary>
    /// The upstream filter chain with the guard first. A cluster with its own <c>http_filters</c> replaces the router's
    /// chain, guard included (rule C10), so both places use this.
    /// </summary>
    /// <param name="forbidden">What no upstream may be.</param>
    /// <param name="exceptions">The blocks that are open all the same.</param>
    /// <param name="maxRequestBody">
    /// How many bytes of a request's body go on, null for all. The filter counts what passes and keeps nothing; it takes no configuration of a
    /// route, and so stands here.
    /// </param>
    public static IEnumerable<HttpFilter> UpstreamFilters(ImmutableArray<AddressRange> forbidden, ImmutableArray<AddressRange> exceptions, long? maxRequestBody = null) =>
    [
        TypedConfig.Http("envoy.filters.http.upstream_rbac", Guard(forbidden, exceptions)),
        .. maxRequestBody is { } bytes ? [TypedConfig.Http("envoy.filters.http.body_size_limit", new BodySizeLimit { MaxRequestBytes = (ulong)bytes })] : (ReadOnlySpan<HttpFilter>)[],
        HeaderHygiene.UpstreamResponses(),
        TypedConfig.Http("envoy.filters.http.upstream_codec", new UpstreamCodec()),
    ];

    private static HttpRbac Guard(ImmutableArray<AddressRange> ranges, ImmutableArray<AddressRange> exceptions)
    {
        Permission forbidden = AnyOf(ranges);
        if (!exceptions.IsEmpty)
        {
            forbidden = new Permission
            {
                AndRules = new Permission.Types.Set { Rules = { forbidden, new Permission { NotRule = AnyOf(exceptions) } } },
            };
        }

        return new HttpRbac
        {
            Rules = Rbac.Single(Rules.Types.Action.Deny, "address_forbidden", new RbacPolicy { Principals = { Rbac.Anyone() }, Permissions = { forbidden } }),
        };
    }

    private static Permission AnyOf(IEnumerable<AddressRange> ranges) => new()
    {
        OrRules = new Permission.Types.Set { Rules = { ranges.Select(In) } },
    };

    private static Permission In(AddressRange range) => new()
    {
        Matcher = TypedConfig.Extension("envoy.rbac.matchers.upstream_ip_port", new UpstreamIpPortMatcher
        {
            UpstreamIp = new CidrRange { AddressPrefix = range.Address.ToString(), PrefixLen = (uint)range.PrefixLength },
        }),
    };
}
