// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Policy.Model;

/// <summary>Who counts the requests of a bucket.</summary>
public enum RateLimitScope
{
    /// <summary>Each proxy for itself.</summary>
    Node,

    /// <summary>One rate-limit service for all proxies together.</summary>
    Global,
}
