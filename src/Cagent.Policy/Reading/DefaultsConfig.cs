// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Policy.Reading;

/// <summary>The block <c>defaults</c>.</summary>
internal sealed record DefaultsConfig
{
    public TlsConfig? Tls { get; init; }

    public Located<TimeSpan>? Timeout { get; init; }

    public Located<TimeSpan>? IdleTimeout { get; init; }

    public RateLimitConfig? RateLimit { get; init; }

    public Located<long>? MaxRequestBody { get; init; }

    public ResilienceConfig? Resilience { get; init; }

    public BudgetConfig? Budget { get; init; }

    public AgentLimitsConfig? Limits { get; init; }
}
