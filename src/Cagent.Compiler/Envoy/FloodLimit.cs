// SPDX-License-Identifier: Apache-2.0
using Envoy.Config.Core.V3;
using Envoy.Config.Route.V3;
using Envoy.Extensions.Common.Ratelimit.V3;
using Envoy.Extensions.Filters.Http.LocalRatelimit.V3;
using Envoy.Extensions.RateLimitDescriptors.Expr.V3;
using Envoy.Type.V3;
using Google.Protobuf.WellKnownTypes;

namespace Cagent.Compiler.Envoy;

/// <summary>
/// A constant bound in front of ext_authz, per agent: one agent in a loop cannot starve the decisions of the others.
/// Read from filter state, so that no spelling of a header opens a second bucket (envoy-reference, section 3).
/// </summary>
internal static class FloodLimit
{
    /// <summary>Requests a second of one agent on one hop: some four times what Envoy and ext_authz on two quiet cores serve.</summary>
    private const uint PerSecond = 20_000;

    public static LocalRateLimit Config(string identityState) => new()
    {
        StatPrefix = "flood",
        TokenBucket = Bucket(1_000_000, 1_000_000),
        AlwaysConsumeDefaultTokenBucket = false,
        FilterEnabled = Always(),
        FilterEnforced = Always(),
        EnableRetryAfterHeader = true,
        MaxDynamicDescriptors = 1000,
        RateLimits =
        {
            new RateLimit
            {
                Actions =
                {
                    new RateLimit.Types.Action
                    {
                        Extension = TypedConfig.Extension("envoy.rate_limit_descriptors.expr", new Descriptor { DescriptorKey = "agent", Text = $"filter_state['{identityState}']" }),
                    },
                },
            },
        },
        Descriptors =
        {
            new LocalRateLimitDescriptor { Entries = { new RateLimitDescriptor.Types.Entry { Key = "agent" } }, TokenBucket = Bucket(2 * PerSecond, PerSecond) },
        },
    };

    private static TokenBucket Bucket(uint max, uint fill) => new()
    {
        MaxTokens = max,
        TokensPerFill = fill,
        FillInterval = Duration.FromTimeSpan(TimeSpan.FromSeconds(1)),
    };

    /// <summary>Absent would mean "never": the filter would limit nothing.</summary>
    public static RuntimeFractionalPercent Always() => new() { DefaultValue = new FractionalPercent { Numerator = 100 } };
}
