// SPDX-License-Identifier: Apache-2.0
using Envoy.Config.Accesslog.V3;
using Envoy.Config.Core.V3;
using Envoy.Extensions.AccessLoggers.Filters.Cel.V3;
using Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;
using Google.Protobuf.WellKnownTypes;
using AppendAction = Envoy.Config.Core.V3.HeaderValueOption.Types.HeaderAppendAction;

namespace Cagent.Compiler.Envoy;

/// <summary>
/// What an agent reads when Envoy itself refuses: the same JSON and header as Cagent's own denials. The first mapper that
/// matches wins, so the order matters; the response code details choose (envoy-reference, section 7).
/// </summary>
internal static class LocalReplies
{
    /// <summary>
    /// The id that the access log carries too, by the same order: where no filter ran there is the stream's own, and where
    /// the bytes were not even a request, the connection's.
    /// </summary>
    internal const string RequestId =
        $$"""%COALESCE({"operators":[{"command":"FILTER_STATE","param":"{{EnvoyNames.RequestState}}:PLAIN"},"STREAM_ID",{"command":"FILTER_STATE","param":"{{EnvoyNames.ConnectionState}}:PLAIN"}]})%""";

    private const string AskForHost = "Ask for this host to be added to the policy.";

    /// <param name="rbacReason">What a refusal by Envoy's own rules means on this hop.</param>
    /// <param name="rbacHint">And what to do about it.</param>
    public static LocalReplyConfig Of(string rbacReason, string rbacHint) => new()
    {
        Mappers =
        {
            Unlimited(),
            Denied("response.code_details == 'ext_authz_error'", "policy_unavailable", "The policy service did not answer; try again."),
            Denied("response.code_details == 'ext_authz_invalid'", "policy_unavailable", "The policy service answered wrongly; report this id."),
            Denied("response.code_details.startsWith('rbac_access_denied_matched_policy[method_not_allowed')", "method_not_allowed", "This method is never allowed."),
            Denied("response.code_details.startsWith('rbac_access_denied_matched_policy[address_forbidden')", "address_forbidden", "This name resolves to an address that policy forbids."),
            Denied("response.code_details.startsWith('rbac_access_denied')", rbacReason, rbacHint),
            Denied("response.code_details == 'request_rate_limited' || response.code_details == 'local_rate_limited'", "rate_limited", "Wait for the time in retry-after."),
            Denied("response.code_details == 'rate_limiter_error'", "policy_unavailable", "The rate-limit service did not answer; try again."),
            Denied("response.code_details == 'direct_response'", "host_not_allowed", AskForHost),
            Denied("response.code_details == 'route_not_found'", "host_not_allowed", AskForHost),
            Denied("response.code_details == 'upgrade_failed'", "method_not_allowed", "This upgrade is not allowed here."),
            Denied("response.code_details == 'request_payload_too_large'", "body_too_large", "The request body is larger than policy allows."),
            Forbidden(Denied("response.code_details.startsWith('dns_resolution_failure{address_denied')", "address_forbidden", "This name has no address that policy allows.")),
            UpstreamFailed(),
            Refused(),
        },
    };

    /// <summary>For what is no TLS where it should be: plain text, and a ClientHello that nobody can read.</summary>
    public static LocalReplyConfig OfPlainText() => new() { Mappers = { Denied("response.code == 400", "name_mismatch", "Only TLS is allowed in this tunnel.") } };

    /// <summary>The rate limits never came (<see cref="RateLimits.Slot"/>): Envoy's flag is all that tells it from other errors.</summary>
    private static ResponseMapper Unlimited()
    {
        ResponseMapper mapper = Denied(new AccessLogFilter { ResponseFlagFilter = new ResponseFlagFilter { Flags = { "NFCF" } } }, "policy_unavailable", "The policy did not arrive whole; try again.");
        mapper.StatusCode = 503;
        return mapper;
    }

    private static ResponseMapper Denied(string expression, string reason, string hint) => Denied(Matching(expression), reason, hint);

    private static ResponseMapper Denied(AccessLogFilter filter, string reason, string hint) => new()
    {
        Filter = filter,
        HeadersToAdd =
        {
            new HeaderValueOption
            {
                Header = new HeaderValue { Key = "x-cagent-denied", Value = reason },
                AppendAction = AppendAction.OverwriteIfExistsOrAdd,
            },
        },
        BodyFormatOverride = Json("denied", reason, hint),
    };

    private static ResponseMapper Forbidden(ResponseMapper mapper)
    {
        mapper.StatusCode = 403;
        return mapper;
    }

    /// <summary>Not a denial: the destination or the network failed. A typed body, but no denial header.</summary>
    private static ResponseMapper UpstreamFailed() => new()
    {
        Filter = new AccessLogFilter
        {
            OrFilter = new OrFilter
            {
                Filters =
                {
                    new AccessLogFilter { ResponseFlagFilter = new ResponseFlagFilter { Flags = { "UF", "UH", "UC", "URX", "UT", "NC", "UO", "LR", "UR", "UPE", "DF" } } },
                    Matching("response.code_details.startsWith('upstream_reset')"),
                },
            },
        },
        BodyFormatOverride = Json("upstream_failed", "upstream_unavailable", "The destination did not answer; this is not a policy denial."),
    };

    /// <summary>Everything else that Envoy refuses, but what ext_authz already worded.</summary>
    private static ResponseMapper Refused() => new()
    {
        Filter = Matching("response.code_details != 'ext_authz_denied'"),
        BodyFormatOverride = Json("refused", "bad_request", "%RESPONSE_CODE_DETAILS%"),
    };

    /// <summary>A condition in CEL; an error, such as a missing key, is no match.</summary>
    public static AccessLogFilter Matching(string expression) => new()
    {
        ExtensionFilter = new ExtensionFilter
        {
            Name = "envoy.access_loggers.extension_filters.cel",
            TypedConfig = TypedConfig.Pack(new ExpressionFilter { Expression = expression }),
        },
    };

    /// <summary>The one form of a refusal.</summary>
    private static SubstitutionFormatString Json(string error, string reason, string hint) => new()
    {
        JsonFormat = new Struct
        {
            Fields =
            {
                ["error"] = Value.ForString(error),
                ["reason"] = Value.ForString(reason),
                ["id"] = Value.ForString(RequestId),
                ["hint"] = Value.ForString(hint),
            },
        },
        ContentType = "application/json",
    };
}
