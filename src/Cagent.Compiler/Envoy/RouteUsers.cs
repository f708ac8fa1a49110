// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Compiler.Lowering;
using Envoy.Config.Rbac.V3;
using Envoy.Config.Route.V3;
using Envoy.Type.Matcher.V3;

namespace Cagent.Compiler.Envoy;

/// <summary>
/// Who may use a route. Where everybody may, no names are written: a route then stays the same when agents come and go, and a policy of
/// many of both stays small (envoy-reference, section 5).
/// </summary>
/// <param name="HasAgents">Whether the policy names agents.</param>
/// <param name="Agent">The one agent whose route it is; null when it is everybody's.</param>
/// <param name="Others">The agents for whom other routes of the same virtual host decide.</param>
internal readonly record struct RouteUsers(bool HasAgents, string? Agent, ImmutableArray<string> Others)
{
    /// <summary>Makes the route match for its one agent only.</summary>
    public void Restrict(RouteMatch match)
    {
        if (Agent is { } agent)
        {
            match.FilterState.Add(new FilterStateMatcher { Key = EnvoyNames.AgentState, StringMatch = new StringMatcher { Exact = agent } });
        }
    }

    /// <summary>What RBAC demands, all of it.</summary>
    public IEnumerable<Principal> Principals()
    {
        if (!HasAgents)
        {
            return [Rbac.State(EnvoyNames.AgentState, EgressIr.AnonymousAgent)];
        }

        if (Agent is { } agent)
        {
            return [Rbac.State(EnvoyNames.AgentState, agent)];
        }

        Principal known = Rbac.State(EnvoyNames.KnownState, FilterState.Known);
        return Others.IsEmpty ? [known] : [known, .. Others.Select(other => new Principal { NotId = Rbac.State(EnvoyNames.AgentState, other) })];
    }
}
