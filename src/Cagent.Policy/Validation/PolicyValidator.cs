// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Collections.ObjectModel;
using Cagent.Policy.Diagnostics;
using Cagent.Policy.Model;
using Cagent.Policy.Reading;

namespace Cagent.Policy.Validation;

/// <summary>Judges a policy as a whole; one validator per concern judges the parts.</summary>
internal sealed class PolicyValidator(FilePaths paths, DateTimeOffset? now, DiagnosticBag bag)
{
    /// <summary>The shared entries about which there was nothing to say, by their index.</summary>
    public IReadOnlyDictionary<int, PolicyEntry> Clean { get; private set; } = ReadOnlyDictionary<int, PolicyEntry>.Empty;

    /// <summary>The validated policy, or null when anything was reported as an error.</summary>
    public ValidatedPolicy? Validate(PolicyConfig config)
    {
        CredentialSourceValidator sources = new(paths, bag);
        ImmutableArray<CredentialSource> credentials = sources.Validate(config.Credentials);
        CredentialUseValidator uses = new(config.Credentials, bag);
        EntryListValidator lists = new(new EntryValidator(config, paths, uses, bag), now, bag);
        ImmutableArray<PolicyEntry> entries = lists.Validate(config.Domains);
        Clean = lists.Clean;
        AgentValidator agentValidator = new(config, lists, new IdentityValidator(sources, bag), bag);
        ImmutableArray<PolicyAgent> agents = agentValidator.Validate(entries);
        EntryRelations relations = new(bag);
        relations.Report(entries);
        foreach (PolicyAgent agent in agents)
        {
            relations.Report(agent.Entries);
        }

        if (!agents.IsEmpty)
        {
            relations.ReportAliasesOver(agents.Select(agent => agent.Entries).Prepend(entries));
            new LimitValidator(bag).ValidateShared(entries.Concat(agents.SelectMany(agent => agent.Entries)));
        }

        uses.ReportUnused();
        Located<string>? trustedCa = config.Defaults.Tls?.TrustedCa;
        string? trustedCaPath = paths.Resolve(trustedCa, bag);
        DnsPolicy dns = ValidateDns(config.Dns);
        return bag.HasErrors
            ? null
            : new ValidatedPolicy
            {
                Entries = entries,
                Agents = agents,
                DefaultBudget = agentValidator.DefaultBudget,
                DefaultLimits = agentValidator.DefaultLimits,
                Credentials = credentials,
                TrustedCa = trustedCaPath,
                TrustedCaLocation = trustedCa?.Location,
                Dns = dns,
                NextExpiry = entries.Concat(agents.SelectMany(agent => agent.Entries)).Min(entry => entry.ExpiresAt),
            };
    }

    private DnsPolicy ValidateDns(DnsConfig config)
    {
        return new DnsPolicy(new ResolverValidator(bag).Validate(config.Upstream))
        {
            Publish = config.Publish?.Value ?? DnsPublishing.Off,
            Ttl = config.Ttl?.Value ?? TimeSpan.FromSeconds(60),
        };
    }
}
