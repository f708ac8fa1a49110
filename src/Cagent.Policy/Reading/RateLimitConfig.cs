// SPDX-License-Identifier: Apache-2.0
using Cagent.Policy.Diagnostics;
using Cagent.Policy.Model;

namespace Cagent.Policy.Reading;

/// <summary>A <c>rate_limit</c>.</summary>
internal sealed record RateLimitConfig(
    SourceLocation Location, string KeyPath, Located<int>? Requests, Located<RateLimitPeriod>? Per, Located<int>? Burst, Located<RateLimitKey>? Key,
    Located<RateLimitScope>? Scope);
