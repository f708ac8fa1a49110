// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Compiler.Limits;

/// <summary>How ext_authz names the bucket of a request to the proxy: keys and words of its dynamic metadata, which no agent can set.</summary>
public static class RateLimitMetadata
{
    /// <summary>The key of <see cref="EntryRateLimit.Class"/>, or of <see cref="NoLimit"/>.</summary>
    public const string Class = "limit";

    /// <summary>The key of the agent, or of <see cref="Everybody"/>.</summary>
    public const string Agent = "limit_agent";

    /// <summary>The key of <see cref="EntryRateLimit.BucketEntry"/>.</summary>
    public const string Entry = "limit_entry";

    /// <summary>The domain of limits that are counted by a service for all proxies.</summary>
    public const string GlobalDomain = "cagent";

    /// <summary>The key of the class of such a limit; absent where there is none.</summary>
    public const string GlobalClass = "global_limit";

    /// <summary>The key of the agent, or of <see cref="Everybody"/>, in such a limit.</summary>
    public const string GlobalAgent = "global_agent";

    /// <summary>The key of <see cref="EntryRateLimit.BucketEntry"/> in such a limit.</summary>
    public const string GlobalEntry = "global_entry";

    /// <summary>Nothing limits the request. It has to be said: what says nothing is denied.</summary>
    public const string NoLimit = "none";

    /// <summary>The agent of a bucket that all of them share; no agent can be called so.</summary>
    public const string Everybody = "*";
}
