// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Cagent.Compiler.Authz;
using Cagent.Compiler.Lowering;
using Cagent.Domains;

namespace Cagent.Attack.Policies;

/// <summary>Finds in a policy what an agent may do, and what is close beside it. The evaluator has the last word on each. Immutable.</summary>
public sealed class PolicyTargets
{
    private const string Get = "GET";
    private readonly AuthzTable _table;
    private readonly AuthzAgent _agent;
    private readonly ImmutableArray<AuthzEntry> _entries;

    private PolicyTargets(AuthzTable table, AuthzAgent agent)
    {
        _table = table;
        _agent = agent;
        _entries = [.. agent.OwnEntries.Concat(table.Entries).Where(entry => !entry.Key.Host.IsWildcard && IsOurs(entry))];
    }

    /// <summary>The targets of one agent of a policy.</summary>
    /// <param name="table">The policy.</param>
    /// <param name="agent">Whose; null is the anonymous agent, or the only one.</param>
    /// <param name="allowed">The URL to stand on; null chooses one.</param>
    /// <param name="targets">What was found.</param>
    /// <param name="problem">Why there is nothing to stand on.</param>
    public static bool TryFind(AuthzTable table, string? agent, AttackUrl? allowed, [NotNullWhen(true)] out AttackTargets? targets, [NotNullWhen(false)] out string? problem)
    {
        ArgumentNullException.ThrowIfNull(table);
        targets = null;
        AuthzAgent? found = agent is not null ? table.FindAgent(agent) : table.Agents.Length == 1 ? table.Agents[0] : null;
        if (found is null)
        {
            problem = $"the policy names agents; say with --agent which one this is: {string.Join(", ", table.Agents.Select(one => one.Name))}";
            return false;
        }

        targets = new PolicyTargets(table, found).Find(allowed);
        problem = targets is not null ? null
            : allowed is not null ? $"the policy does not allow GET https://{allowed} to this agent, on an inspected host"
            : "the policy allows this agent no GET on an inspected host without wildcard; there is nothing that must go on working";
        return targets is not null;
    }

    private AttackTargets? Find(AttackUrl? allowed)
    {
        AuthzEntry[] inspected = [.. _entries.Where(entry => entry.Kind == EntryKind.Inspected)];
        // Without a limit and a credential where there is the choice: the allowed request is made again and again.
        AttackUrl? url = allowed is null
            ? inspected.OrderBy(entry => entry.RateLimit is not null).ThenBy(entry => entry.Credential is not null).Select(entry => UrlOf(entry, Get)).FirstOrDefault(one => one is not null)
            : IsAllowedUrl(Get, "https", allowed) ? allowed : null;
        if (url is null || EntryOf(url) is not { Kind: EntryKind.Inspected } entry)
        {
            return null;
        }

        return new AttackTargets(url)
        {
            Other = inspected.Where(other => other != entry && NameOf(other) != url.Host).Select(other => UrlOf(other, Get)).FirstOrDefault(one => one is not null),
            Denied = inspected.Where(other => other != entry).Prepend(entry).Select(DeniedOn).FirstOrDefault(one => one is not null),
            Pinned = _entries.Where(other => other.Kind == EntryKind.Pinned).Select(other => new AttackUrl(NameOf(other), other.Key.Port.Value)).FirstOrDefault(),
            ReadOnly = inspected.Where(other => other.ReadOnly).Select(other => UrlOf(other, Get)).FirstOrDefault(one => one is not null),
            Plain = _entries.Where(other => other.Kind == EntryKind.Plain).Select(other => UrlOf(other, Get)).FirstOrDefault(one => one is not null),
            Credentialed = inspected.Where(other => other.Credential is not null).Select(other => UrlOf(other, Get)).FirstOrDefault(one => one is not null),
            Bounded = inspected.Where(other => other.MaxRequestBody is not null).Select(other => UrlOf(other, "POST") is { } post ? ((AttackUrl, long)?)(post, other.MaxRequestBody!.Value) : null).FirstOrDefault(one => one is not null),
            OfOthers = [.. _table.Agents.Where(other => other.Name != _agent.Name).SelectMany(other => other.OwnEntries).Where(other => !other.Key.Host.IsWildcard).Select(other => new AttackUrl(NameOf(other), other.Key.Port.Value)).Where(one => !IsAllowedHost(one.Host, one.Port)).Distinct()],
            AllowsWebSocket = entry.WebSocket,
            HasAgents = _table.HasDeclaredAgents,
            IsAllowed = IsAllowedHost,
        };
    }

    private bool IsOurs(AuthzEntry entry) => HostName.TryParse(NameOf(entry), out HostName? host, out _) && _agent.Find(host, entry.Key.Port) == entry;

    private AuthzEntry? EntryOf(AttackUrl url) =>
        HostName.TryParse(url.Host, out HostName? host, out _) && Port.TryCreate(url.Port, out Port port) ? _agent.Find(host, port) : null;

    private bool IsAllowedHost(string host, int port) => EntryOf(new AttackUrl(host, port)) is not null;

    private AttackUrl? UrlOf(AuthzEntry entry, string method)
    {
        string scheme = entry.Kind == EntryKind.Plain ? "http" : "https";
        IEnumerable<string> paths = entry.Allow.IsEmpty ? ["/"] : entry.Allow.SelectMany(rule => PathsOf(rule.Path));
        return paths.Append("/").Select(path => new AttackUrl(NameOf(entry), entry.Key.Port.Value, path)).FirstOrDefault(url => IsAllowedUrl(method, scheme, url));
    }

    // A line that denies names the path that is meant; else one that no line names.
    private AttackUrl? DeniedOn(AuthzEntry entry) =>
        entry.Deny.SelectMany(rule => PathsOf(rule.Path)).Append("/cagent-attack/denied").Where(path => path.Length > 1)
            .Select(path => new AttackUrl(NameOf(entry), entry.Key.Port.Value, path)).FirstOrDefault(url => Decide(Get, "https", url).Reason == DenyReason.PathNotAllowed);

    private bool IsAllowedUrl(string method, string scheme, AttackUrl url) => Decide(method, scheme, url).IsAllowed;

    private PolicyDecision Decide(string method, string scheme, AttackUrl url) =>
        AgentRequest.TryParse(method, $"{scheme}://{url}", out AgentRequest? request, out _)
            ? PolicyEvaluator.Evaluate(_table, request with { Agent = _agent.Name })
            : default;

    // What a pattern names, in its shortest and in a longer form.
    private static IEnumerable<string> PathsOf(PathPattern pattern)
    {
        string text = string.Join('/', pattern.Text.Split('/').Select(segment => segment == "*" ? "x" : segment));
        return text.EndsWith("/**", StringComparison.Ordinal) ? [text[..^2] + "x", text[..^2], text[..^3]] : [text];
    }

    private static string NameOf(AuthzEntry entry) => entry.Key.Host.Suffix.Value;
}
