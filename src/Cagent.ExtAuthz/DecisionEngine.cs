// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Compiler.Authz;
using Cagent.Compiler.Lowering;
using Cagent.ControlPlane.Credentials;
using Cagent.Domains;
using Cagent.Policy.Model;

namespace Cagent.ExtAuthz;

/// <summary>
/// Decides one request by one table. No I/O, no clock, no state: credentials come from a store that never blocks.
/// Every way through that does not end in an explicit allow ends in a denial.
/// </summary>
public sealed class DecisionEngine
{
    private const string Connect = "CONNECT";
    private const string WebSocket = "websocket";
    private const string MismatchHint = "CONNECT target, SNI and Host must be the same name.";

    /// <summary>
    /// On an entry with a credential the agent's own are dropped, whatever header ours goes into: otherwise the agent
    /// could act under another identity on a host that the operator bound to one (attack D9).
    /// </summary>
    private static readonly ImmutableArray<string> AgentCredentialHeaders =
        ["authorization", "x-api-key", "api-key", "x-goog-api-key", "x-auth-token", "private-token", "cookie"];

    private readonly ICredentialStore _credentials;

    /// <summary>An engine over the credentials of the policy in force.</summary>
    public DecisionEngine(ICredentialStore credentials) => _credentials = credentials;

    /// <summary>Decides. <paramref name="table"/> is null before the first policy.</summary>
    public Decision Decide(AuthzRequest request, AuthzTable? table)
    {
        ArgumentNullException.ThrowIfNull(request);
        string? agent = request.Hop switch
        {
            AuthzHop.Web => request.Agent,
            // Asked by the outer hop, which has a source, and inside a tunnel, which has an agent. It never allows.
            AuthzHop.Deny => request.Source ?? request.Agent,
            _ => request.Source,
        };
        if (agent is null)
        {
            return Deny(null, null, DenyReason.AgentUnknown, "This connection has no identity; use the proxy address that was given to you.");
        }

        if (table is null)
        {
            return Deny(agent, null, DenyReason.PolicyUnavailable, "No policy is loaded yet; try again.");
        }

        return request.Hop switch
        {
            AuthzHop.Connect => DecideConnect(request, table, agent),
            AuthzHop.Plain => DecideHttp(request, table, agent, Port.Http, EntryKind.Plain),
            AuthzHop.Web => DecideWeb(request, table, agent),
            AuthzHop.Deny => DecideUnrouted(request, table, agent),
            _ => Deny(agent, null, DenyReason.PolicyUnavailable, "The proxy asked in a way that this version does not know."),
        };
    }

    private static Decision DecideConnect(AuthzRequest request, AuthzTable table, string agent)
    {
        if (request.Method != Connect || !HostPort.TryParse(request.Authority, defaultPort: null, out HostPort? target, out _))
        {
            return Deny(agent, null, DenyReason.HostNotAllowed, "CONNECT needs host:port.");
        }

        AuthzEntry? entry = table.Find(target.Host, target.Port);
        return entry is null || entry.Kind == EntryKind.Plain ? Unlisted(request, table, agent)
            : entry.Name != request.Entry ? Replaced(agent, entry)
            : new Decision.Allowed(agent, entry.Name, null, [], []);
    }

    /// <summary>CONNECT target, SNI and Host must be one name, whatever Envoy compared already.</summary>
    private Decision DecideWeb(AuthzRequest request, AuthzTable table, string agent)
    {
        if (!HostPort.TryParse(request.Connect, defaultPort: null, out HostPort? target, out _)
            || !HostPort.TryParse(request.Authority, Port.Https, out HostPort? authority, out _)
            || !HostName.TryParse(request.Sni, out HostName? sni, out _))
        {
            return Deny(agent, null, DenyReason.NameMismatch, MismatchHint);
        }

        return authority == target && sni == target.Host
            ? DecideHttp(request, table, agent, Port.Https, EntryKind.Inspected)
            : Deny(agent, null, DenyReason.NameMismatch, MismatchHint);
    }

    /// <summary>No route took the request. Inside a tunnel that is a Host other than what the tunnel was opened to, or an entry that is gone.</summary>
    private static Decision.Denied DecideUnrouted(AuthzRequest request, AuthzTable table, string agent) =>
        request.Connect is { } connect
        && (!HostPort.TryParse(connect, defaultPort: null, out HostPort? target, out _)
            || !HostPort.TryParse(request.Authority, Port.Https, out HostPort? authority, out _)
            || authority != target)
            ? Deny(agent, null, DenyReason.NameMismatch, MismatchHint)
            : Unlisted(request, table, agent);

    private Decision DecideHttp(AuthzRequest request, AuthzTable table, string agent, Port defaultPort, EntryKind kind)
    {
        if (!HostPort.TryParse(request.Authority, defaultPort, out HostPort? target, out string? problem))
        {
            return Deny(agent, null, DenyReason.HostNotAllowed, $"The host {problem}.");
        }

        AuthzEntry? entry = table.Find(target.Host, target.Port);
        if (entry is null || entry.Kind != kind)
        {
            return Unlisted(request, table, agent);
        }

        return entry.Name != request.Entry ? Replaced(agent, entry) : DecideEntry(request, entry, agent);
    }

    private Decision DecideEntry(AuthzRequest request, AuthzEntry entry, string agent)
    {
        if (!MethodSet.Any.Contains(request.Method))
        {
            return Deny(agent, entry, DenyReason.MethodNotAllowed, "This method is never allowed.");
        }

        if (request.Upgrade is not null && !(entry.WebSocket && request.Upgrade.Equals(WebSocket, StringComparison.OrdinalIgnoreCase)))
        {
            return Deny(agent, entry, DenyReason.MethodNotAllowed, "This entry allows no such upgrade.");
        }

        if (!RequestPath.TryParse(request.Path, out RequestPath path, out string? problem))
        {
            return Deny(agent, entry, DenyReason.PathNotAllowed, $"The path {problem}.");
        }

        if (entry.ReadOnly && !MethodSet.ReadOnly.Contains(request.Method))
        {
            return Deny(agent, entry, DenyReason.ReadOnly, "This host is read-only: GET, HEAD and OPTIONS.");
        }

        // Every reading that a server could give the path: a spelling that an allow rule would not match must not slip past a denial.
        if (entry.Deny.Any(rule => rule.Methods.Contains(request.Method) && rule.Path.MatchesAnyReading(path)))
        {
            return Deny(agent, entry, DenyReason.PathNotAllowed, "A deny rule of this host covers the request.");
        }

        return DecideAllow(request, entry, agent, path);
    }

    private Decision DecideAllow(AuthzRequest request, AuthzEntry entry, string agent, RequestPath path)
    {
        PolicyRule? allowed = entry.Allow.FirstOrDefault(rule => rule.Methods.Contains(request.Method) && rule.Path.Matches(path));
        if (!entry.Allow.IsEmpty && allowed is null)
        {
            return entry.Allow.Any(rule => rule.Path.Matches(path))
                ? Deny(agent, entry, DenyReason.MethodNotAllowed, "This path is allowed, but not with this method.")
                : Deny(agent, entry, DenyReason.PathNotAllowed, "No allow rule of this host covers the path.");
        }

        return entry.Credential is { } credential
            ? Inject(entry, agent, allowed, credential)
            : new Decision.Allowed(agent, entry.Name, allowed?.Text, [], []);
    }

    private Decision Inject(AuthzEntry entry, string agent, PolicyRule? rule, CredentialUse credential)
    {
        CredentialReading reading = _credentials.Read(credential.Name);
        if (reading.Value is null)
        {
            return Deny(agent, entry, DenyReason.CredentialUnavailable, $"The credential \"{credential.Name}\" cannot be read now; the operator sees why in the log of the proxy.");
        }

        return new Decision.Allowed(agent, entry.Name, rule?.Text, [new Injection(credential.Header, credential.Format, reading.Value) { Definition = reading.Definition }],
            [.. AgentCredentialHeaders.Where(header => header != credential.Header)]);
    }

    /// <summary>Table and routes disagree for the moment in which a new revision reaches Envoy. The newer one decides nothing yet.</summary>
    private static Decision.Denied Replaced(string agent, AuthzEntry entry) =>
        Deny(agent, entry, DenyReason.PolicyUnavailable, "The policy for this host is just being replaced; try again.");

    private static Decision.Denied Unlisted(AuthzRequest request, AuthzTable table, string agent)
    {
        // Only what is inside a tunnel knows what it was opened to.
        Port? defaultPort = request.Method == Connect ? null : request.Connect is not null ? Port.Https : Port.Http;
        if (!HostPort.TryParse(request.Authority, defaultPort, out HostPort? target, out string? problem))
        {
            return Deny(agent, null, DenyReason.HostNotAllowed, $"The host {problem}.");
        }

        string hint = table.Find(target.Host, target.Port) is { } entry
            ? entry.Kind == EntryKind.Plain ? "This host is allowed for plain http only." : "This host is allowed for https only."
            : table.FindPorts(target.Host) is { } ports
                ? $"This host is allowed on port {ports} only."
                : "This host is not in the policy; ask for it to be added.";
        return Deny(agent, null, DenyReason.HostNotAllowed, hint);
    }

    private static Decision.Denied Deny(string? agent, AuthzEntry? entry, DenyReason reason, string hint) => new(agent, entry?.Name, reason, hint);
}
