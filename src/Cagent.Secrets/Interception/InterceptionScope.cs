// SPDX-License-Identifier: Apache-2.0
using Cagent.Domains;

namespace Cagent.Secrets.Interception;

/// <summary>Which names the policy in force intercepts. Immutable: a new policy is a new scope.</summary>
/// <param name="isIntercepted">Pure, quick and thread safe: it is asked under a lock for every name.</param>
public sealed class InterceptionScope(Func<HostName, bool> isIntercepted)
{
    /// <summary>Nothing is intercepted: what holds before the first policy.</summary>
    public static InterceptionScope None { get; } = new(_ => false);

    /// <summary>True when some rule intercepts the name.</summary>
    public bool Includes(HostName name) => isIntercepted(name);
}
