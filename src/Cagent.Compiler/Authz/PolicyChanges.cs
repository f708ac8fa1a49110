// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Domains;

namespace Cagent.Compiler.Authz;

/// <summary>Finds the smallest change of a policy after which it allows a request that it denies: one method on one path.</summary>
public static class PolicyChanges
{
    private const string WebSocket = "websocket";

    /// <summary>
    /// The edits, all of which are needed. Empty when the request is allowed, and when no edit of this file can allow it: a
    /// method or path that is never allowed, an address over https, an unknown agent, a host and port taken for another way, or a host that is only spelt otherwise.
    /// </summary>
    public static ImmutableArray<PolicyChange> Find(PolicyDecision decision, AgentRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (decision.IsAllowed || !CanBeAllowed(request, out RequestPath path))
        {
            return [];
        }

        return decision switch
        {
            { Finding: PolicyFinding.UnlistedHost or PolicyFinding.OtherPort } => AddEntry(request, path),
            { Finding: PolicyFinding.OtherWay or PolicyFinding.HostSpelling } => [],
            { Entry: { } entry } => Open(entry, request, path),
            _ => [],
        };
    }

    private static bool CanBeAllowed(AgentRequest request, out RequestPath path)
    {
        path = default;
        return request.Way == RequestWay.Tunnel
            || (!MethodSet.Of(request.Method).IsEmpty
                && (request.Upgrade is null || request.Upgrade.Equals(WebSocket, StringComparison.OrdinalIgnoreCase))
                && PathCanonicalizer.TryCanonicalize(request.Path, out string? canonical)
                && RequestPath.TryParse(canonical, out path, out _));
    }

    private static ImmutableArray<PolicyChange> AddEntry(AgentRequest request, RequestPath path)
    {
        bool isPlain = request.Way == RequestWay.Plain;
        Port defaultPort = isPlain ? Port.Http : Port.Https;
        if (!HostPort.TryParse(request.Authority, defaultPort, out HostPort? target, out _) || (target.Host.IsAddress && !isPlain))
        {
            return [];
        }

        string host = target.Host.Value.Contains(':', StringComparison.Ordinal) ? $"\"{target.Host}\"" : target.Host.Value;
        string yaml = $"- {{domain: {host}"
            + (isPlain ? ", scheme: http" : "")
            + (target.Port == defaultPort ? "" : $", port: {target.Port}")
            + (request.Upgrade is null ? "" : ", websocket: true")
            + (request.Way == RequestWay.Tunnel ? "" : $", allow: [{Line(request.Method, path)}]") + "}";
        return [new PolicyChange(PolicyChangeKind.AddEntry, null, yaml)];
    }

    private static ImmutableArray<PolicyChange> Open(AuthzEntry entry, AgentRequest request, RequestPath path)
    {
        if (request.Upgrade is not null && !entry.WebSocket && entry.Key.Host.IsWildcard)
        {
            return [];
        }

        ImmutableArray<PolicyChange>.Builder changes = ImmutableArray.CreateBuilder<PolicyChange>();
        if (request.Upgrade is not null && !entry.WebSocket)
        {
            changes.Add(new PolicyChange(PolicyChangeKind.AllowWebSocket, entry.Location, "websocket: true"));
        }

        MethodSet method = MethodSet.Of(request.Method);
        changes.AddRange(entry.Deny
            .Where(rule => rule.Methods.Covers(method) && rule.Path.MatchesAnyReading(path))
            .Select(rule => new PolicyChange(PolicyChangeKind.RemoveDenyLine, rule.Location, rule.Text)));
        if (entry.ReadOnly && !MethodSet.ReadOnly.Covers(method))
        {
            changes.Add(new PolicyChange(PolicyChangeKind.ReplaceReadOnly, entry.Location, $"allow: [\"{MethodSet.ReadOnly} /**\", {Line(request.Method, path)}]"));
        }
        else if (!entry.Allow.IsEmpty && !entry.Allow.Any(rule => rule.Methods.Covers(method) && rule.Path.Matches(path)))
        {
            changes.Add(new PolicyChange(PolicyChangeKind.AddAllowLine, entry.Location, $"- {Line(request.Method, path)}"));
        }

        return changes.ToImmutable();
    }

    /// <summary>A line for this path alone. A segment with a star can be written as a wildcard only.</summary>
    private static string Line(string method, RequestPath path) =>
        $"\"{method} {string.Join('/', path.ToString().Split('/').Select(segment => segment.Contains('*', StringComparison.Ordinal) ? "*" : segment))}\"";
}
