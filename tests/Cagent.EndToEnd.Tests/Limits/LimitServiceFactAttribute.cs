// SPDX-License-Identifier: Apache-2.0
using Cagent.TestKit.Processes;

namespace Cagent.EndToEnd.Tests.Limits;

/// <summary>Tests with the real envoyproxy/ratelimit and Redis: skipped with the reason where one is missing, unless <c>CAGENT_REQUIRE</c> contains <c>ratelimit</c>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LimitServiceFactAttribute : FactAttribute
{
    /// <summary>Looks for both.</summary>
    public LimitServiceFactAttribute()
    {
        Skip = (Service is null || Redis is null) && !EnvoyBinary.IsRequired("ratelimit") ? "ratelimit or redis-server is missing (script/rate-limit-service says which)"
            : EnvoyBinary.Find().Path is null && !EnvoyBinary.IsRequired() ? EnvoyBinary.Find().Reason
            : null;
    }

    /// <summary>The service, or null.</summary>
    public static string? Service { get; } = Environment.GetEnvironmentVariable("RATELIMIT_BIN") is { Length: > 0 } path ? path : OnPath("ratelimit");

    /// <summary>Redis, or null.</summary>
    public static string? Redis { get; } = OnPath("redis-server");

    private static string? OnPath(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries).Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
}
