// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Envoy.Config.Core.V3;
using Envoy.Extensions.Filters.Http.HeaderMutation.V3;
using Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;
using Envoy.Type.Matcher.V3;
using HeaderMutation = Envoy.Config.Common.MutationRules.V3.HeaderMutation;
using RequestMutation = Envoy.Extensions.Filters.Http.HeaderMutation.V3.HeaderMutation;
using HeaderMutationConfig = Envoy.Extensions.Http.EarlyHeaderMutation.HeaderMutation.V3.HeaderMutation;

namespace Cagent.Compiler.Envoy;

/// <summary>Headers that must not pass: what only the proxy may say, and what would tell an upstream about it.</summary>
internal static class HeaderHygiene
{
    private const string Ours = "x-cagent-";

    /// <summary>
    /// Removed on the way up by both route configurations. Early mutation runs before the connection manager adds its
    /// own, so some of them must be removed again here (envoy-interception, section 4).
    /// </summary>
    public static ImmutableArray<string> RemovedFromRequests { get; } =
    [
        "proxy-authorization", "proxy-connection", "x-forwarded-for", "x-forwarded-proto", "x-request-id", "x-envoy-external-address", "via",
        "forwarded", "traceparent", "tracestate", "baggage", "b3", "x-b3-traceid", "x-b3-spanid", "x-b3-sampled", "x-b3-parentspanid",
    ];

    /// <summary>Only the proxy may deny: an upstream's own header of that name is dropped. Alt-Svc would lead the agent past the proxy (QUIC).</summary>
    public static ImmutableArray<string> RemovedFromResponses { get; } =
        ["x-cagent-denied", "x-cagent-id", "alt-svc", "x-envoy-immediate-health-check-fail"];

    /// <summary>
    /// What an upgrade says of its connection, in place of the agent's own words: Envoy passes these on, and whoever they name loses its header at
    /// the next proxy, the injected credential for one. Other requests Envoy sends without any.
    /// </summary>
    public static HeaderValueOption Upgrade() => new()
    {
        Header = new HeaderValue { Key = "connection", Value = "Upgrade" },
        AppendAction = HeaderValueOption.Types.HeaderAppendAction.OverwriteIfExistsOrAdd,
    };

    /// <summary>
    /// What the agent sent, dropped before routing and ext_authz: our own and Envoy's headers, method overrides, and what would be taken
    /// for the word of a proxy, on where a request comes from or goes to (attacks B9, D5).
    /// </summary>
    public static TypedExtensionConfig Early() => TypedConfig.Extension("envoy.http.early_header_mutation.header_mutation", new HeaderMutationConfig
    {
        Mutations =
        {
            { OfProxiesByPrefix.Select(RemovePrefix) },
            { OfProxies.Select(Remove) },
        },
    });

    /// <summary>
    /// Drops the trailers of requests: nothing judges them, and an upstream may take them for headers, a credential or a Host among them (attack E4).
    /// Over HTTP/1.1 Envoy drops them by itself. gRPC clients send none.
    /// </summary>
    public static HttpFilter RequestTrailers() => TypedConfig.Http(EnvoyNames.TrailersFilter, new RequestMutation
    {
        Mutations = new Mutations { RequestTrailersMutations = { Remove(new StringMatcher { SafeRegex = new RegexMatcher { Regex = ".*" } }) } },
    });

    /// <summary>
    /// Drops what an upstream says in our name, in headers and in trailers, of upgrades too. Among the filters of the upstream, which
    /// Envoy's and ext_authz's own answers never pass.
    /// </summary>
    public static HttpFilter UpstreamResponses() => TypedConfig.Http("envoy.filters.http.header_mutation", new RequestMutation
    {
        Mutations = new Mutations { ResponseMutations = { RemovePrefix(Ours) }, ResponseTrailersMutations = { RemovePrefix(Ours) } },
    });

    private static ImmutableArray<string> OfProxiesByPrefix =>
        [Ours, "x-envoy-", "x-forwarded-", "x-original-", "x-amzn-oidc-", "x-goog-authenticated-user-", "x-ms-client-principal", "x-ssl-client-", "ssl-client-", "x-arr-"];

    private static ImmutableArray<string> OfProxies =>
    [
        // How a request is to be read.
        "x-http-method-override", "x-http-method", "x-method-override", "x-rewrite-url", "x-override-url", "x-http-path-override", "x-path-override", "x-proxy-url", "x-request-uri", "x-middleware-subrequest", "x-middleware-rewrite",
        // Where it goes to.
        "x-host", "x-http-host-override", "x-url-scheme", "x-scheme", "front-end-https",
        // Where it comes from.
        "x-real-ip", "x-client-ip", "client-ip", "x-cluster-client-ip", "true-client-ip", "cf-connecting-ip", "cf-connecting-ipv6", "cf-pseudo-ipv4", "fastly-client-ip", "fly-client-ip", "x-azure-clientip", "x-azure-socketip", "x-remote-ip", "x-remote-addr", "x-originating-ip", "x-appengine-user-ip", "x-nf-client-connection-ip", "x-proxyuser-ip",
        // Whose it is.
        "x-remote-user", "remote-user", "x-webauth-user", "x-authenticated-user", "x-authenticated-userid", "x-client-cert", "client-cert", "client-cert-chain", "cf-access-authenticated-user-email",
    ];

    private static HeaderMutation RemovePrefix(string prefix) => Remove(new StringMatcher { Prefix = prefix });

    private static HeaderMutation Remove(string name) => Remove(new StringMatcher { Exact = name });

    private static HeaderMutation Remove(StringMatcher key) => new() { RemoveOnMatch = new HeaderMutation.Types.RemoveOnMatch { KeyMatcher = key } };
}
