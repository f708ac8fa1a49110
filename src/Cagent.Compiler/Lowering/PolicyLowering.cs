// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Diagnostics;
using System.Net;
using Cagent.Compiler.Limits;
using Cagent.Domains;
using Cagent.Policy.Model;
using Google.Protobuf;

namespace Cagent.Compiler.Lowering;

/// <summary>Policy to IR.</summary>
internal static class PolicyLowering
{
    /// <summary>The SDS name of the CA that verifies entries without their own. A name with <c>@</c> can be no SNI, so no agent can ask for it.</summary>
    internal const string PublicCaName = "ca@public";

    public static EgressIr Lower(ValidatedPolicy policy, CompilerInputs inputs)
    {
        ImmutableArray<EntryIr> entries = LowerEntries(policy.Entries);
        ImmutableArray<AgentIr> agents = LowerAgents(policy);
        ImmutableArray<EntryIr> all = agents.All(agent => agent.Entries.IsEmpty)
            ? entries
            : [.. entries.Concat(agents.SelectMany(agent => agent.Entries)).OrderBy(entry => entry.Id, StringComparer.Ordinal)];
        ImmutableArray<IPEndPoint> upstream = [.. policy.Dns.Upstream.Select(resolver => new IPEndPoint(resolver.Address, resolver.Port.Value))];
        return new EgressIr
        {
            Entries = entries,
            HasAgents = policy.HasAgents,
            Agents = agents,
            AllEntries = all,
            Listen = inputs.Listen,
            Transparent = inputs.Transparent,
            Listeners = policy.HasAgents ? [.. LowerListeners(agents, inputs.Agents)] : [],
            TrustBundles = inputs.TrustBundles,
            Resolvers = upstream.IsEmpty ? inputs.SystemResolvers : upstream,
            ForbiddenUpstreams = [.. ForbiddenAddresses.Ranges, .. inputs.OwnAddresses.Where(address => !ForbiddenAddresses.IsForbidden(address)).Select(AddressRange.Of).Distinct().OrderBy(range => range.ToString(), StringComparer.Ordinal)],
            Cas = Cas(policy, inputs, all),
        };
    }

    /// <summary>The entries, in ordinal order of their names.</summary>
    public static ImmutableArray<EntryIr> LowerEntries(ImmutableArray<PolicyEntry> entries) => LowerEntries(entries, owner: null);

    /// <summary>The agents, in ordinal order of their names.</summary>
    public static ImmutableArray<AgentIr> LowerAgents(ValidatedPolicy policy) =>
    [
        .. policy.Agents.Select(agent => new AgentIr(agent.Name.Text, agent.Quarantined, LowerEntries(agent.Entries, agent.Name.Text), agent.Location) { Recognition = Lower(agent.Identity) })
            .OrderBy(agent => agent.Name, StringComparer.Ordinal),
    ];

    /// <summary>
    /// Those that the policy has an agent for, and the one of certificates. A name that the deployment does not open has none: nobody can be
    /// known by it then.
    /// </summary>
    private static IEnumerable<AgentListenerIr> LowerListeners(ImmutableArray<AgentIr> agents, AgentListen listen)
    {
        if (listen.MutualTls is { } endPoint)
        {
            yield return new AgentListenerIr("", ListenAddress.Of(endPoint), IsMutualTls: true);
        }

        foreach (IGrouping<string, AgentIr> group in agents.Where(agent => agent.Recognition?.Listener is not null)
            .GroupBy(agent => agent.Recognition!.Listener!).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            if (listen.Find(group.Key) is { } address)
            {
                yield return new AgentListenerIr(group.Key, address, group.Any(agent => agent.Recognition!.Spiffe is not null));
            }
        }
    }

    private static ImmutableArray<EntryIr> LowerEntries(ImmutableArray<PolicyEntry> entries, string? owner) =>
        [.. entries.Select(entry => Lower(entry, owner)).OrderBy(entry => entry.Name, StringComparer.Ordinal)];

    /// <summary>Null for whatever else must hold: what is not checked must not pass for checked.</summary>
    private static AgentRecognition? Lower(AgentIdentity identity) =>
        !identity.ContainerLabels.IsEmpty ? null
        : identity is { Tokens.IsEmpty: true, Sources.IsEmpty: true, Listener: null, Spiffe: null } ? null
        : new AgentRecognition([.. identity.Tokens.Select(AgentRecognition.TokenOf)], [.. identity.Sources.OrderBy(range => range.ToString(), StringComparer.Ordinal)])
        {
            Listener = identity.Listener,
            Spiffe = identity.Spiffe,
        };

    private static EntryIr Lower(PolicyEntry entry, string? owner) => new()
    {
        Key = entry.Key,
        Owner = owner,
        Kind = (entry.Scheme, entry.Tls) switch
        {
            (Scheme.Http, _) => EntryKind.Plain,
            (_, TlsMode.Passthrough) => EntryKind.Pinned,
            (_, TlsMode.Intercept) => EntryKind.Inspected,
            _ => throw new UnreachableException(),
        },
        CaName = entry.TrustedCa is { } path ? CaName(path) : PublicCaName,
        Addresses = entry.Addresses,
        Timeout = entry.Timeout,
        IdleTimeout = entry.IdleTimeout,
        WebSocket = entry.WebSocket,
        Allow = entry.Allow,
        Deny = entry.Deny,
        ReadOnly = entry.ReadOnly,
        Credential = entry.Credential,
        RateLimit = entry.RateLimit is { } limit ? EntryRateLimit.From(entry, limit, owner) : null,
        Resilience = entry.Resilience is { } resilience ? new ResilienceIr(resilience.Retries, resilience.MaxConnections, resilience.EjectAfter) : null,
        MaxRequestBody = entry.MaxRequestBody,
        Alias = entry.Alias,
        Location = entry.Location,
    };

    private static string CaName(string path) => "ca@" + path;

    /// <summary>Only the CAs in use: an unused one would be a resource that nobody asks for.</summary>
    private static ImmutableSortedDictionary<string, ByteString> Cas(ValidatedPolicy policy, CompilerInputs inputs, ImmutableArray<EntryIr> entries)
    {
        ByteString publicCa = policy.TrustedCa is { } path ? inputs.TrustedCas[path] : inputs.PublicCa;
        HashSet<string> used = [.. entries.Where(entry => entry.Kind == EntryKind.Inspected).Select(entry => entry.CaName)];
        return inputs.TrustedCas
            .Select(ca => KeyValuePair.Create(CaName(ca.Key), ca.Value))
            .Append(KeyValuePair.Create(PublicCaName, publicCa))
            .Where(ca => used.Contains(ca.Key))
            .ToImmutableSortedDictionary(StringComparer.Ordinal);
    }
}
