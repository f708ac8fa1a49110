// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Net;
using Envoy.Config.Core.V3;
using Envoy.Extensions.Network.DnsResolver.Cares.V3;

namespace Cagent.Compiler.Envoy;

/// <summary>How Envoy resolves upstream names.</summary>
internal static class DnsResolver
{
    /// <summary>
    /// c-ares with bounds: with its defaults one silent resolver held every CDS update for 57 s (envoy-interception,
    /// section 4). No search domains, so that a single label never becomes another name.
    /// </summary>
    public static TypedExtensionConfig Of(ImmutableArray<IPEndPoint> resolvers) => TypedConfig.Extension("envoy.network.dns_resolver.cares", new CaresDnsResolverConfig
    {
        Resolvers = { resolvers.Select(SocketAddresses.Of) },
        DnsResolverOptions = new DnsResolverOptions { NoDefaultSearchDomain = true },
        QueryTimeoutSeconds = 2,
        QueryTries = 1,
    });
}
