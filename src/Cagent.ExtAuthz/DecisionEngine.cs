// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Compiler.Authz;
using Cagent.Compiler.Envoy;
using Cagent.Compiler.Lowering;
using Cagent.ControlPlane.Credentials;
using Cagent.Domains;
using Cagent.ExtAuthz.Signing;
using Cagent.Policy.Model;

namespace Cagent.ExtAuthz;

/// <summary>
/// Asks the one evaluator, and adds what it cannot know: which hop asks, whether the names of the hops agree, and the values
/// of credentials, which come from a store that never blocks. No I/O, no clock, no state.
/// Every way through that does not end in an explicit allow ends in a denial.
/// </summary>
public sealed class DecisionEngine
{
    private const string Connect = "CONNECT";
    private const string MismatchHint = "CONNECT target, SNI and Host must be the same name.";

    /// <summary>
    /// On an entry with a credential the agent's own are dropped, whatever header ours goes into: otherwise the agent
    /// could act under another identity on a host that the operator bound to one (attack D9).
    /// </summary>
    private static readonly ImmutableArray<string> AgentCredentialHeaders = CredentialHeaders.Known;

    private readonly ICredentialStore _credentials;
    private readonly AgentRecognizer _recognizer;
    private readonly Placeholders? _placeholders;

    /// <summary>An engine over the credentials of the policy in force, agents' tokens among them. Without placeholders none is ever swapped.</summary>
    public DecisionEngine(ICredentialStore credentials, Placeholders? placeholders = null)
    {
        _placeholders = placeholders;
        _credentials = credentials;
        _recognizer = new AgentRecognizer(credentials);
    }

    /// <summary>Decides. <paramref name="table"/> is null before the first policy.</summary>
    public Decision Decide(AuthzRequest request, AuthzTable? table)
    {
        ArgumentNullException.ThrowIfNull(request);
        string? claimed = request.Hop switch
        {
            AuthzHop.Web => request.Agent,
            // Asked by the outer hop, which has a source, and inside a tunnel, which has an agent. It never allows.
            AuthzHop.Deny => request.Source ?? request.Agent,
            _ => request.Source,
        };
        if (claimed is null)
        {
            return Deny(null, null, DenyReason.AgentUnknown, new PolicyDecision(PolicyFinding.UnknownAgent).Hint);
        }

        if (table is null)
        {
            return Deny(null, null, DenyReason.PolicyUnavailable, "No policy is loaded yet; try again.");
        }

        bool isOfQuarantine = claimed.StartsWith(EnvoyNames.QuarantinedSource, StringComparison.Ordinal);
        if (FindAgent(request, table, isOfQuarantine ? claimed[EnvoyNames.QuarantinedSource.Length..] : claimed) is not { } agent)
        {
            return Deny(null, null, DenyReason.AgentUnknown, UnknownHint(table, claimed, request));
        }

        // Before any name is looked at: the answer to who is stopped must not depend on what it asks for.
        return agent.IsQuarantined || isOfQuarantine ? Deny(agent.Name, null, DenyReason.AgentQuarantined, new PolicyDecision(PolicyFinding.QuarantinedAgent).Hint)
            : IsOfAnotherTime(request, table, agent) ? Deny(agent.Name, null, DenyReason.PolicyUnavailable, "How this agent is recognised is just being replaced; connect again.")
            : DecideFor(request, table, agent);
    }

    /// <summary>
    /// Whether who asks was taken for this agent by what an older, or newer, policy says of it: the address may be another agent's by now.
    /// Who has just presented a token was recognised by this very policy. The hop that allows nothing may tell why.
    /// </summary>
    private static bool IsOfAnotherTime(AuthzRequest request, AuthzTable table, AuthzAgent agent) =>
        table.HasDeclaredAgents && request.Hop != AuthzHop.Deny
        && (request.Hop == AuthzHop.Web || agent.Recognition is { HasOwnChain: true })
        && (request.Identity ?? "") != agent.Mark;

    /// <summary>
    /// Decides a question that stands alone, by its own method, authority and path, as the anonymous agent's: what <c>cagent authz serve</c> is asked.
    /// Without a scheme it is taken for https. <paramref name="table"/> is null before the first policy.
    /// </summary>
    public Decision DecideAlone(AuthzRequest request, AuthzTable? table)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (table is null)
        {
            return Deny(null, null, DenyReason.PolicyUnavailable, "No policy is loaded yet; try again.");
        }

        RequestWay way = request.Method == Connect ? RequestWay.Tunnel : request.Scheme == "http" ? RequestWay.Plain : RequestWay.Intercepted;
        PolicyDecision decision = Evaluate(request, table, EgressIr.AnonymousAgent, way);
        return decision is { IsAllowed: true, Entry: { } entry }
            // A tunnel carries no credential of its own.
            ? way == RequestWay.Tunnel ? new Decision.Allowed(EgressIr.AnonymousAgent, entry.Name, null, [], []) : Allow(decision, entry, request, table, EgressIr.AnonymousAgent)
            : Deny(EgressIr.AnonymousAgent, decision.Entry, decision.Reason ?? DenyReason.PolicyUnavailable, decision.Hint);
    }

    private AuthzAgent? FindAgent(AuthzRequest request, AuthzTable table, string claimed) =>
        !table.HasDeclaredAgents || request.Hop == AuthzHop.Web || request.Source is null
            ? table.FindDeclared(claimed)
            : _recognizer.Recognize(table, claimed, request.ProxyAuthorization);

    private static string UnknownHint(AuthzTable table, string claimed, AuthzRequest request) =>
        claimed.StartsWith(EnvoyNames.UnknownSource, StringComparison.Ordinal) ? "A redirected connection is known by its address only, and no agent has this one." :
        claimed.StartsWith(EnvoyNames.OtherSource, StringComparison.Ordinal) ? "This address is another agent's, and so it cannot be the agent of this listener." :
        claimed.StartsWith(EnvoyNames.SpiffeSource, StringComparison.Ordinal) ? "The certificate is valid, and no agent of the policy has its SPIFFE ID, address and token."
        : !claimed.StartsWith(EnvoyNames.TokenSource, StringComparison.Ordinal) || !table.PresentingAgents.Any(agent => agent.Recognition!.HasToken) ? new PolicyDecision(PolicyFinding.UnknownAgent).Hint
        : request.ProxyAuthorization is null ? "The proxy wants this agent's token: http://NAME:TOKEN@HOST:PORT as the proxy's address."
        : "The proxy does not take this token for this name from here.";

    private Decision DecideFor(AuthzRequest request, AuthzTable table, AuthzAgent asking)
    {
        string agent = asking.Name;
        return request.Hop switch
        {
            AuthzHop.Connect => DecideConnect(request, table, agent) with { Identity = asking.Mark },
            AuthzHop.Plain => DecideHttp(request, table, agent, RequestWay.Plain),
            AuthzHop.Web => DecideWeb(request, table, agent),
            AuthzHop.Deny => DecideUnrouted(request, table, agent),
            _ => Deny(agent, null, DenyReason.PolicyUnavailable, "The proxy asked in a way that this version does not know."),
        };
    }

    private static Decision DecideConnect(AuthzRequest request, AuthzTable table, string agent)
    {
        if (request.Method != Connect || !AuthorityView.TryParse(request.Authority, defaultPort: null, out _, out _))
        {
            return Deny(agent, null, DenyReason.HostNotAllowed, "CONNECT needs host:port.");
        }

        PolicyDecision decision = Evaluate(request, table, agent, RequestWay.Tunnel);
        // A tunnel that is opened here is counted by the requests inside it.
        return Refuse(decision, request, agent) is { } refused ? refused : new Decision.Allowed(agent, decision.Entry!.Name, null, [], [])
        {
            Route = RouteOf(table, decision.Entry),
            RateLimit = decision.Entry.Kind == EntryKind.Pinned ? decision.Entry.RateLimit : null,
            IsMetered = decision.Entry.Kind == EntryKind.Pinned,
            // And what is inspected is resolved for them.
            NameBelowWildcard = decision.Entry.Kind == EntryKind.Pinned ? NameBelow(decision.Entry, request) : null,
        };
    }

    /// <summary>CONNECT target, SNI and Host must be one name, whatever Envoy compared already.</summary>
    private Decision DecideWeb(AuthzRequest request, AuthzTable table, string agent)
    {
        if (!AuthorityView.TryParse(request.Connect, defaultPort: null, out AuthorityView target, out _)
            || !AuthorityView.TryParse(request.Authority, Port.Https, out AuthorityView authority, out _)
            || !HostName.TryParse(request.Sni, out HostName? sni, out _))
        {
            return Deny(agent, null, DenyReason.NameMismatch, MismatchHint);
        }

        return authority.Equals(target) && target.Host.SequenceEqual(sni.Value)
            ? DecideHttp(request, table, agent, RequestWay.Intercepted)
            : Deny(agent, null, DenyReason.NameMismatch, MismatchHint);
    }

    /// <summary>No route took the request. Inside a tunnel that is a Host other than what the tunnel was opened to, or an entry that is gone.</summary>
    private static Decision.Denied DecideUnrouted(AuthzRequest request, AuthzTable table, string agent)
    {
        if (request.Connect is { } connect
            && (!AuthorityView.TryParse(connect, defaultPort: null, out AuthorityView target, out _)
                || !AuthorityView.TryParse(request.Authority, Port.Https, out AuthorityView authority, out _)
                || !authority.Equals(target)))
        {
            return Deny(agent, null, DenyReason.NameMismatch, MismatchHint);
        }

        // Only what is inside a tunnel knows what it was opened to.
        RequestWay way = request.Method == Connect ? RequestWay.Tunnel : request.Connect is not null ? RequestWay.Intercepted : RequestWay.Plain;
        PolicyDecision decision = Evaluate(request, table, agent, way);
        // Listed, and yet no route: Envoy is behind, or the entry is for another way.
        string hint = decision.Entry is { } entry ? new PolicyDecision(PolicyFinding.OtherWay, entry).Hint : decision.Hint;
        return Deny(agent, null, DenyReason.HostNotAllowed, hint);
    }

    private Decision DecideHttp(AuthzRequest request, AuthzTable table, string agent, RequestWay way)
    {
        PolicyDecision decision = Evaluate(request, table, agent, way);
        return Refuse(decision, request, agent) is { } refused ? refused : Allow(decision, decision.Entry!, request, table, agent);
    }

    private Decision Allow(PolicyDecision decision, AuthzEntry entry, AuthzRequest request, AuthzTable table, string agent) =>
        decision.Credential is { } credential
            ? Inject(entry, request, agent, decision.Rule, credential, RouteOf(table, entry))
            : new Decision.Allowed(agent, entry.Name, decision.Rule?.Text, [], []) { Route = RouteOf(table, entry), RateLimit = entry.RateLimit, IsMetered = true, NameBelowWildcard = NameBelow(entry, request) };

    private static PolicyDecision Evaluate(AuthzRequest request, AuthzTable table, string agent, RequestWay way) =>
        PolicyEvaluator.Evaluate(table, new PolicyRequest(agent, way, request.Method, request.Authority, request.Path, request.Upgrade, request.BodyLength));

    /// <summary>
    /// Null when the request is allowed by the entry whose route asks. Table and routes disagree for the moment in which a new
    /// revision reaches Envoy: the newer one decides nothing yet. Outside of tunnels an agent's own entry has no route before the answer;
    /// there Envoy compares.
    /// </summary>
    private static Decision.Denied? Refuse(PolicyDecision decision, AuthzRequest request, string agent)
    {
        if (decision.Reason == DenyReason.HostNotAllowed || decision.Entry is null)
        {
            return Deny(agent, null, decision.Reason ?? DenyReason.PolicyUnavailable, decision.Hint);
        }

        bool isRouted = request.Hop == AuthzHop.Web || decision.Entry.Owner is null;
        return isRouted && !IsRouteOf(decision.Entry, request)
            ? Deny(agent, decision.Entry, DenyReason.PolicyUnavailable, "The policy for this host is just being replaced; try again.")
            : decision.IsAllowed ? null : Deny(agent, decision.Entry, decision.Reason ?? DenyReason.PolicyUnavailable, decision.Hint);
    }

    private static bool IsRouteOf(AuthzEntry entry, AuthzRequest request) =>
        request.Hop == AuthzHop.Connect ? request.Entry == entry.RouteId
        : request.Entry == entry.GuardedId || (entry.Credential is null && request.Entry == entry.RouteId);

    private Decision Inject(AuthzEntry entry, AuthzRequest request, string agent, PolicyRule? rule, CredentialUse credential, string? route)
    {
        if (credential.In == CredentialPlace.Signature)
        {
            return Sign(entry, request, agent, rule, credential, route);
        }

        CredentialReading reading = _credentials.Read(credential.Name);
        // A place that this build cannot write to gets nothing rather than the bare value.
        if (reading.Value is null || (credential.Placeholder && _placeholders is null))
        {
            return Unavailable(agent, entry, credential);
        }

        Injection injection = new(credential.In == CredentialPlace.Query ? ":path" : credential.Header, credential.Format, reading.Value)
        {
            Definition = reading.Definition,
            Query = credential.Parameter is { } parameter ? new InjectedParameter(AgentQuery.Without(request.Path, parameter), parameter) : null,
            Username = credential.Username,
        };
        ImmutableArray<Injection> injections = [injection, .. credential.MoreHeaders.Select(more => injection with { Header = more.Name, Format = more.Format })];
        if (credential.Placeholder)
        {
            injections = PlaceholderSwap.Choose(injections, request, credential, _placeholders!.Of(agent, credential));
            if (injections.IsEmpty)
            {
                return Deny(agent, entry, DenyReason.PlaceholderRequired, "This host wants the placeholder of this agent where its credential goes; the operator prints it with \"cagent placeholders\".");
            }
        }

        return new Decision.Allowed(agent, entry.Name, rule?.Text, injections,
            [.. AgentCredentialHeaders.Concat(credential.AllHeaders.Select(header => header.Name)).Distinct().Where(header => injections.All(one => one.Header != header))])
        {
            Route = route,
            RateLimit = entry.RateLimit,
            IsMetered = true,
            NameBelowWildcard = NameBelow(entry, request),
        };
    }

    /// <summary>One text for each name: another would be a second one in Envoy's cache as well.</summary>
    private static string? NameBelow(AuthzEntry entry, AuthzRequest request) =>
        entry.Key.Host.IsWildcard && AuthorityView.TryParse(request.Authority, entry.Key.Port, out AuthorityView authority, out _) ? authority.Host.ToString() : null;

    private Decision Sign(AuthzEntry entry, AuthzRequest request, string agent, PolicyRule? rule, CredentialUse credential, string? route)
    {
        CredentialReading reading = _credentials.Read(credential.Name);
        if (reading is not { Keys: { } keys, Definition: AwsSigV4CredentialDefinition definition })
        {
            return Unavailable(agent, entry, credential);
        }

        if (credential.SignsBody && request.Body is null)
        {
            return Deny(agent, entry, DenyReason.PolicyUnavailable, "The policy for this host is just being replaced; try again.");
        }

        if (!SignableRequest.TryRead(request, entry, definition.Service, credential.SignsBody, out SignableRequest? signable, out string? problem))
        {
            return Deny(agent, entry, DenyReason.NotSignable, $"The request cannot be signed: {problem}.");
        }

        return new Decision.Allowed(agent, entry.Name, rule?.Text, [], [.. AgentCredentialHeaders.Where(header => header != credential.Header && header != SigV4.TokenHeader), .. SignableRequest.Removals(keys)])
        {
            Route = route,
            RateLimit = entry.RateLimit,
            IsMetered = true,
            NameBelowWildcard = NameBelow(entry, request),
            Signature = new RequestSignature(signable, keys, definition),
        };
    }

    private static Decision.Denied Unavailable(string agent, AuthzEntry entry, CredentialUse credential) =>
        Deny(agent, entry, DenyReason.CredentialUnavailable, $"The credential \"{credential.Name}\" cannot be read now; the operator sees why in the log of the proxy.");

    private static string? RouteOf(AuthzTable table, AuthzEntry entry) => table.HasDeclaredAgents ? entry.RouteId : null;

    private static Decision.Denied Deny(string? agent, AuthzEntry? entry, DenyReason reason, string hint) => new(agent, entry?.Name, reason, hint);
}
