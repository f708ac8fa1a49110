// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Domains;
using Cagent.Policy.Diagnostics;
using Cagent.Policy.Model;
using Cagent.Policy.Reading;

namespace Cagent.Policy.Validation;

/// <summary>Judges a policy as a whole; one validator per concern judges the parts.</summary>
internal sealed class PolicyValidator(FilePaths paths, DiagnosticBag bag)
{
    /// <summary>The validated policy, or null when anything was reported as an error.</summary>
    public ValidatedPolicy? Validate(PolicyConfig config)
    {
        CredentialSourceValidator sources = new(paths, bag);
        ImmutableArray<CredentialSource> credentials = sources.Validate(config.Credentials);
        CredentialUseValidator uses = new(config.Credentials, bag);
        EntryValidator entries = new(config, paths, uses, bag);
        List<PolicyEntry> enabled = [];
        foreach (DomainConfig domain in config.Domains)
        {
            // A disabled entry is judged like any other, so that enabling it brings no surprise.
            PolicyEntry? entry = entries.Validate(domain);
            if (entry is not null && domain.Enabled is not { Value: false })
            {
                enabled.Add(entry);
            }
        }

        ReportDuplicates(enabled, config.Domains);
        uses.ReportUnused();
        string? trustedCa = paths.Resolve(config.DefaultTls?.TrustedCa, bag);
        DnsPolicy dns = new(new ResolverValidator(bag).Validate(config.Upstream));
        return bag.HasErrors
            ? null
            : new ValidatedPolicy { Entries = [.. enabled], Credentials = credentials, TrustedCa = trustedCa, TrustedCaLocation = config.DefaultTls?.TrustedCa?.Location, Dns = dns };
    }

    private void ReportDuplicates(List<PolicyEntry> entries, ImmutableArray<DomainConfig> domains)
    {
        Dictionary<EntryKey, PolicyEntry> first = [];
        foreach (PolicyEntry entry in entries)
        {
            if (!first.TryAdd(entry.Key, entry))
            {
                DomainConfig config = domains.First(domain => domain.Location == entry.Location);
                Located<string> host = config.Domain!;
                bag.Error(
                    DiagnosticCodes.DuplicateEntry,
                    $"{entry.Key} already has an entry in line {first[entry.Key].Location.Line}",
                    host.Location, host.KeyPath, "entries never merge; keep one of them, or set enabled: false on the other");
            }
        }
    }
}
