// SPDX-License-Identifier: Apache-2.0
using Cagent.Compiler.Authz;
using Cagent.Compiler.Limits;
using System.Collections.Immutable;
using Cagent.ExtAuthz.Signing;

namespace Cagent.ExtAuthz;

/// <summary>The answer to one request: <see cref="Allowed"/> or <see cref="Denied"/>.</summary>
/// <param name="Agent">Who asked; null when unknown.</param>
/// <param name="Entry">The entry that decided, or null.</param>
public abstract record Decision(string? Agent, string? Entry)
{
    /// <summary>
    /// As which route of Envoy the request may go on, in a policy with agents; null otherwise. The outer hop chooses its route by it, since
    /// only the decision says who asks.
    /// </summary>
    public string? Route { get; init; }

    /// <summary>How the agent of a tunnel was recognised, for the requests inside; empty or null when there is nothing to say of it.</summary>
    public string? Identity { get; init; }

    /// <summary>The request may go on.</summary>
    /// <param name="Agent">Who asked.</param>
    /// <param name="Entry">The entry that decided.</param>
    /// <param name="Rule">The rule that allowed it, as written; null when the entry allows everything.</param>
    /// <param name="Injections">Headers to set, replacing the agent's.</param>
    /// <param name="Removals">Headers of the agent to drop.</param>
    public sealed record Allowed(string Agent, string Entry, string? Rule, ImmutableArray<Injection> Injections, ImmutableArray<string> Removals)
        : Decision(Agent, Entry)
    {
        /// <summary>The name below a wildcard that Envoy will resolve for this request; null when it resolves none, or one that the policy names.</summary>
        public string? NameBelowWildcard { get; init; }

        /// <summary>The signature that it gets; null when nothing signs it.</summary>
        public RequestSignature? Signature { get; init; }

        /// <summary>The bucket that the proxy takes the request from; null when nothing limits it.</summary>
        public EntryRateLimit? RateLimit { get; init; }

        /// <summary>Whether it draws on its agent's budget, if there is one. A tunnel whose requests are seen does not: they do.</summary>
        public bool IsMetered { get; init; }

        /// <summary>Whether it drew on one; then the proxy reports it while it runs.</summary>
        public bool IsCounted { get; init; }

        /// <summary>What the agent is told of a budget that is nearly used up; null below 80 per cent.</summary>
        public string? BudgetWarning { get; init; }

        /// <summary>The id under which it counts as open, so that the proxy tells its end; null when nothing bounds what its agent holds open.</summary>
        public string? Slot { get; init; }
    }

    /// <summary>The request ends here.</summary>
    /// <param name="Agent">Who asked; null when unknown.</param>
    /// <param name="Entry">The entry that decided, or null.</param>
    /// <param name="Reason">Why.</param>
    /// <param name="Hint">What to do about it, in words for the agent and its operator.</param>
    public sealed record Denied(string? Agent, string? Entry, DenyReason Reason, string Hint) : Decision(Agent, Entry)
    {
        /// <summary>Seconds after which it is worth another try; null when nobody knows.</summary>
        public long? RetryAfter { get; init; }

        /// <summary>When the budget begins anew; null for other reasons.</summary>
        public DateTimeOffset? ResetsAt { get; init; }
    }
}
