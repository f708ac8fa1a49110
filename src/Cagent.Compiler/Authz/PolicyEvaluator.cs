// SPDX-License-Identifier: Apache-2.0
using Cagent.Compiler.Lowering;
using Cagent.Domains;
using Cagent.Policy.Model;

namespace Cagent.Compiler.Authz;

/// <summary>
/// The one place that decides: ext_authz, <c>explain</c>, <c>test</c> and the tests ask here. Pure and thread safe. Every way
/// through that does not end in an explicit allow ends in a denial. Allocates nothing for a canonically spelt authority.
/// </summary>
public static class PolicyEvaluator
{
    private const string WebSocket = "websocket";

    /// <summary>Decides one request by one table.</summary>
    public static PolicyDecision Evaluate(AuthzTable table, in PolicyRequest request)
    {
        ArgumentNullException.ThrowIfNull(table);
        if (request.Agent is null || table.FindAgent(request.Agent) is not { } agent)
        {
            return new PolicyDecision(PolicyFinding.UnknownAgent);
        }

        if (agent.IsQuarantined)
        {
            return new PolicyDecision(PolicyFinding.QuarantinedAgent);
        }

        if (!AuthorityView.TryParse(request.Authority, DefaultPort(request.Way), out AuthorityView authority, out string? problem))
        {
            return new PolicyDecision(PolicyFinding.MalformedHost, Detail: problem);
        }

        AuthzEntry? entry = agent.Find(authority);
        if (entry is null)
        {
            return agent.FindPorts(authority) is { } ports
                ? new PolicyDecision(PolicyFinding.OtherPort, Detail: ports)
                : new PolicyDecision(PolicyFinding.UnlistedHost);
        }

        return !Takes(entry.Kind, request.Way) ? new PolicyDecision(PolicyFinding.OtherWay, entry)
            : request.Way == RequestWay.Tunnel ? new PolicyDecision(PolicyFinding.Allowed, entry)
            : EvaluateEntry(entry, request);
    }

    /// <summary>
    /// Decides a request as an agent sends it: what the proxy does before it asks is done here, the CONNECT of https included.
    /// For what is passed through, host and port decide alone.
    /// </summary>
    public static PolicyDecision Evaluate(AuthzTable table, AgentRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        bool isTunnelled = request.Way != RequestWay.Plain;
        if (isTunnelled)
        {
            PolicyDecision tunnel = EvaluateAsSent(table, new PolicyRequest(request.Agent, RequestWay.Tunnel, "CONNECT", request.TunnelAuthority, ""));
            if (!tunnel.IsAllowed || request.Way == RequestWay.Tunnel || tunnel.Entry?.Kind == EntryKind.Pinned)
            {
                return tunnel;
            }
        }

        if (!PathCanonicalizer.TryCanonicalize(request.Path, out string? path))
        {
            return new PolicyDecision(PolicyFinding.BadRequest);
        }

        PolicyDecision decision = EvaluateAsSent(table, new PolicyRequest(request.Agent, request.Way, request.Method, request.JudgedAuthority, path, request.Upgrade));
        return isTunnelled && IsSpeltOtherwise(decision, request) ? new PolicyDecision(PolicyFinding.HostSpelling, decision.Entry) : decision;
    }

    /// <summary>
    /// Behind a wildcard the proxy has no literal to compare Host with but the server name, which is in lower case. It looks at methods
    /// and upgrades first, and ext_authz is not asked any more.
    /// </summary>
    private static bool IsSpeltOtherwise(PolicyDecision decision, AgentRequest request) =>
        decision.Entry is { Kind: EntryKind.Inspected, Key.Host.IsWildcard: true }
        && request.Upgrade is null && request.Method is not ("TRACE" or "TRACK" or "CONNECT")
        && request.Authority.Any(char.IsAsciiLetterUpper);

    /// <summary>A host that even the proxy's parser does not take is answered before anything decides.</summary>
    private static PolicyDecision EvaluateAsSent(AuthzTable table, in PolicyRequest request)
    {
        PolicyDecision decision = Evaluate(table, request);
        return decision.Finding is (PolicyFinding.MalformedHost or PolicyFinding.UnknownAgent or PolicyFinding.QuarantinedAgent) && !HttpAuthority.IsAccepted(request.Authority, request.Way)
            ? decision with { Finding = PolicyFinding.BadRequest }
            : decision;
    }

    /// <summary>Decides a request for which the entry is known.</summary>
    internal static PolicyDecision EvaluateEntry(AuthzEntry entry, string method, string path) =>
        entry.Kind == EntryKind.Pinned
            ? new PolicyDecision(PolicyFinding.Allowed, entry)
            : EvaluateEntry(entry, new PolicyRequest(null, RequestWay.Intercepted, method, "", path));

    /// <summary>The first reason that applies is told: method, upgrade, path, read-only, deny, allow, size.</summary>
    private static PolicyDecision EvaluateEntry(AuthzEntry entry, in PolicyRequest request)
    {
        MethodSet method = MethodSet.Of(request.Method);
        if (method.IsEmpty)
        {
            return new PolicyDecision(PolicyFinding.ForbiddenMethod, entry);
        }

        if (request.Upgrade is not null && !(entry.WebSocket && request.Upgrade.Equals(WebSocket, StringComparison.OrdinalIgnoreCase)))
        {
            return new PolicyDecision(PolicyFinding.ForbiddenUpgrade, entry);
        }

        if (!RequestPath.TryParse(request.Path, out RequestPath path, out string? problem))
        {
            return new PolicyDecision(PolicyFinding.MalformedPath, entry, Detail: problem);
        }

        if (entry.ReadOnly && !MethodSet.ReadOnly.Covers(method))
        {
            return new PolicyDecision(PolicyFinding.ReadOnlyEntry, entry);
        }

        foreach (PolicyRule rule in entry.Deny)
        {
            // Every reading that a server could give the path: a spelling that an allow line would not match must not slip past a denial.
            if (rule.Methods.Covers(method) && rule.Path.MatchesAnyReading(path))
            {
                return new PolicyDecision(PolicyFinding.DenyLine, entry, rule);
            }
        }

        PolicyDecision decision = entry.Allow.IsEmpty ? new PolicyDecision(PolicyFinding.Allowed, entry) : EvaluateAllow(entry, method, path);
        return decision.IsAllowed && request.BodyLength > entry.MaxRequestBody ? new PolicyDecision(PolicyFinding.LargeBody, entry, decision.Rule) : decision;
    }

    private static PolicyDecision EvaluateAllow(AuthzEntry entry, MethodSet method, RequestPath path)
    {
        PolicyRule? ofOtherMethod = null;
        foreach (PolicyRule rule in entry.Allow)
        {
            bool hasMethod = rule.Methods.Covers(method);
            if ((hasMethod || ofOtherMethod is null) && rule.Path.Matches(path))
            {
                if (hasMethod)
                {
                    return new PolicyDecision(PolicyFinding.Allowed, entry, rule);
                }

                ofOtherMethod = rule;
            }
        }

        return new PolicyDecision(ofOtherMethod is null ? PolicyFinding.NoAllowLine : PolicyFinding.NoAllowLineForMethod, entry, ofOtherMethod);
    }

    private static bool Takes(EntryKind kind, RequestWay way) => way switch
    {
        RequestWay.Tunnel => kind is EntryKind.Inspected or EntryKind.Pinned,
        RequestWay.Intercepted => kind == EntryKind.Inspected,
        RequestWay.Plain => kind == EntryKind.Plain,
        _ => false,
    };

    private static Port? DefaultPort(RequestWay way) => way switch
    {
        RequestWay.Intercepted => Port.Https,
        RequestWay.Plain => Port.Http,
        _ => null,
    };
}
