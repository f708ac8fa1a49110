// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Domains;
using Cagent.Policy.Diagnostics;
using Cagent.Policy.Model;
using Cagent.Policy.Reading;

namespace Cagent.Policy.Validation;

/// <summary>Judges agents: their names, how they are told apart, and what is their own.</summary>
internal sealed class AgentValidator(PolicyConfig policy, EntryListValidator entries, IdentityValidator identities, DiagnosticBag bag)
{
    private readonly LimitValidator _limits = new(bag);

    /// <summary>The budget of whoever has none of its own, once validated.</summary>
    public Budget? DefaultBudget { get; private set; }

    /// <summary>The limits of whoever has none of its own, once validated.</summary>
    public AgentLimits? DefaultLimits { get; private set; }

    /// <summary>The names of disabled agents that no enabled one has, once validated.</summary>
    public ImmutableArray<AgentName> Disabled { get; private set; } = [];

    public ImmutableArray<PolicyAgent> Validate(ImmutableArray<PolicyEntry> shared)
    {
        List<PolicyAgent> agents = [];
        List<AgentName> disabled = [];
        DefaultBudget = _limits.Validate(policy.Defaults.Budget);
        DefaultLimits = _limits.Validate(policy.Defaults.Limits);
        foreach (AgentConfig config in policy.Agents)
        {
            AgentName? name = ReadName(config);
            AgentIdentity? identity = identities.Validate(config.Identity, name);
            ImmutableArray<PolicyEntry> own = entries.Validate(config.Domains);
            Budget? budget = _limits.Validate(config.Budget) ?? DefaultBudget;
            AgentLimits? limits = _limits.Validate(config.Limits) ?? DefaultLimits;
            AgentRuntime? runtime = LimitValidator.Validate(config.Runtime);
            WarnShadowing(config, own, shared);
            if (name is not null && config.Enabled is { Value: false })
            {
                disabled.Add(name);
            }

            if (name is not null && identity is not null && config.Enabled is not { Value: false } && IsNew(config, name, agents))
            {
                agents.Add(new PolicyAgent(name, identity, config.Location)
                {
                    Entries = own,
                    Budget = budget,
                    Quarantined = config.Quarantined is { Value: true },
                    Limits = limits,
                    Runtime = runtime,
                    Description = config.Description?.Value,
                });
            }
        }

        Disabled = [.. disabled.Distinct().Where(name => !agents.Exists(agent => agent.Name == name))];
        identities.ReportAmbiguous(agents);
        return [.. agents];
    }

    private AgentName? ReadName(AgentConfig config)
    {
        if (config.Name is not { } written)
        {
            return null;
        }

        if (AgentName.TryParse(written.Value, out AgentName? name, out string? problem))
        {
            return name;
        }

        bag.Error(DiagnosticCodes.BadAgentName, $"the name {problem}", written.Location, written.KeyPath, "write such as ci, or research-* for all with this prefix");
        return null;
    }

    private bool IsNew(AgentConfig config, AgentName name, List<PolicyAgent> agents)
    {
        PolicyAgent? first = agents.Find(other => other.Name == name);
        if (first is not null)
        {
            bag.Error(
                DiagnosticCodes.DuplicateAgent, $"the agent {name} already stands in {Places.Of(first.Location, config.Location)}", config.Name!.Location, config.Name.KeyPath, "agents never merge; keep one of them, or set enabled: false on the other");
        }

        return first is null;
    }

    private void WarnShadowing(AgentConfig config, ImmutableArray<PolicyEntry> own, ImmutableArray<PolicyEntry> shared)
    {
        Dictionary<EntryKey, PolicyEntry> byKey = shared.GroupBy(entry => entry.Key).ToDictionary(group => group.Key, group => group.First());
        foreach (PolicyEntry entry in own)
        {
            if (byKey.TryGetValue(entry.Key, out PolicyEntry? hidden))
            {
                bag.Warning(
                    DiagnosticCodes.ShadowedEntry, $"for this agent the entry hides the shared one of {entry.Key} in {Places.Of(hidden.Location, entry.Location)}",
                    entry.Location, config.KeyPath + ".domains", "entries never merge; repeat here whatever of the shared one is still wanted");
            }
        }
    }
}
