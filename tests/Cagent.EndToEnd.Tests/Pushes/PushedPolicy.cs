// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Net;
using Cagent.Compiler.Authz;
using Cagent.Compiler.Lowering;
using Cagent.Policy;

namespace Cagent.EndToEnd.Tests.Pushes;

/// <summary>One of the policies of a run, with all that tells what may arrive under it. Immutable.</summary>
internal sealed class PushedPolicy
{
    private static readonly IPAddress Upstreams = IPAddress.Loopback;

    private readonly AuthzTable _table;
    private readonly ImmutableDictionary<string, string> _agents;
    private readonly ImmutableDictionary<string, string> _secrets;

    private PushedPolicy(string text, AuthzTable table, ImmutableDictionary<string, string> agents, ImmutableDictionary<string, string> secrets)
    {
        Text = text;
        _table = table;
        _agents = agents;
        _secrets = secrets;
    }

    public string Text { get; }

    /// <summary>Null when the policy does not load.</summary>
    /// <param name="text">The policy.</param>
    /// <param name="agents">Which agent a client is; a client that is missing is nobody's.</param>
    /// <param name="secrets">The value of each credential.</param>
    /// <param name="problem">What is wrong with it.</param>
    public static PushedPolicy? TryLoad(string text, ImmutableDictionary<string, string> agents, ImmutableDictionary<string, string> secrets, out string problem)
    {
        PolicyLoadResult loaded = PolicyLoader.Load(text, "cagent.yaml");
        problem = string.Join('\n', loaded.Diagnostics);
        return loaded.Policy is null ? null : new PushedPolicy(text, AuthzTable.From(loaded.Policy), agents, secrets);
    }

    /// <summary>Whether this policy alone explains what arrived: it allows the request, on the way that it took, with exactly this credential.</summary>
    public bool Explains(Sent sent, Arrival arrival)
    {
        if (!_agents.TryGetValue(sent.Client, out string? agent))
        {
            return false;
        }

        Assert.True(AgentRequest.TryParse(sent.Method, sent.Url, out AgentRequest? request, out string? problem), problem);
        PolicyDecision decision = PolicyEvaluator.Evaluate(_table, request with { Agent = agent });
        return decision is { IsAllowed: true, Entry: { } entry }
            && entry.Key.Host.Suffix.Value == arrival.Host
            && entry.Addresses.Any(range => range.Contains(Upstreams))
            && (sent.Way == Way.Passthrough ? entry.Kind == EntryKind.Pinned && arrival.Authorization is null : arrival.Authorization == Credential(decision));
    }

    /// <summary>What it says of a request, for a message.</summary>
    public string Describe(Sent sent)
    {
        if (!_agents.TryGetValue(sent.Client, out string? agent))
        {
            return "nobody";
        }

        AgentRequest.TryParse(sent.Method, sent.Url, out AgentRequest? request, out _);
        PolicyDecision decision = PolicyEvaluator.Evaluate(_table, request! with { Agent = agent });
        return $"{agent}: {decision.Finding} by {decision.Entry?.RouteId ?? "no entry"} at {decision.Entry?.Location.ToString() ?? "-"}, credential {decision.Credential?.Name ?? "none"}, addresses {decision.Entry?.Addresses.Length ?? 0}";
    }

    private string? Credential(PolicyDecision decision) =>
        decision.Credential is { } use ? use.Format.Replace("{value}", _secrets[use.Name], StringComparison.Ordinal) : null;
}
