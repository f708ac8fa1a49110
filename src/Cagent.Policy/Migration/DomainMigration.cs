// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Cagent.Domains;
using Cagent.Policy.Reading;

namespace Cagent.Policy.Migration;

/// <summary>Translates the list <c>domains</c>.</summary>
internal sealed class DomainMigration(MigrationNotes notes, LimitMigration limits, HashSet<string> internals, DateTimeOffset now)
{
    private readonly CredentialMigration _credentials = new(notes);
    private readonly RuleMigration _rules = new(notes);
    private readonly Dictionary<string, int> _lineOf = new(StringComparer.Ordinal);
    private readonly HashSet<string> _aliases = new(StringComparer.Ordinal);

    /// <summary>The lines below <c>domains:</c>.</summary>
    public List<string> Lines { get; } = [];

    /// <summary>Variables by the name of the credential.</summary>
    public IReadOnlyDictionary<string, string> Credentials => _credentials.Names;

    public void Migrate(OldValue? domains)
    {
        if (domains is null or { IsNothing: true })
        {
            return;
        }

        if (domains.Items is not { } items)
        {
            notes.Dropped(domains, "wants a list; no entry is taken over");
            return;
        }

        OldValue[] all = [.. items];
        HashSet<string> exact = [.. all.Select(HostOf).OfType<HostPattern>().Where(host => !host.IsWildcard).Select(host => host.Text)];
        foreach (OldValue item in all)
        {
            if (item.Node is MappingNode mapping)
            {
                MigrateOne(new OldMapping(mapping, item.Path, notes), item, exact);
            }
            else
            {
                notes.Dropped(item, "wants a mapping with \"domain\"; write an entry for it");
            }
        }
    }

    private void MigrateOne(OldMapping entry, OldValue item, HashSet<string> exact)
    {
        if (entry.Take("domain") is not { } domain)
        {
            OldMapping.ReportAll(item, "has no \"domain\", so it is left out", notes);
            return;
        }

        if (ReadHosts(domain, exact) is not { Length: > 0 } hosts)
        {
            entry.ReportRest("goes with its entry");
            return;
        }

        EntryDraft draft = new();
        if (hosts.Any(internals.Contains))
        {
            draft.Losses.Add("its name is in internal_services as well, which no agent could resolve");
            notes.Changed(domain, "is in internal_services as well, so the entry is disabled; remove one of the two");
        }

        ReadScheme(entry, draft, out bool isPlain);
        _rules.Take(entry, draft);
        _credentials.Take(entry.Take("credential"), draft, isPlain, domain);
        ReadAlias(entry.Take("alias"), draft, hosts);
        if (OldMapping.Of(entry.Take("rate_limit"), notes) is { } bucket && limits.TakeEntry(bucket) is { } rate)
        {
            draft.Add($"rate_limit: {rate}", notes.Honours(PolicyFeatures.RateLimits));
        }

        ReadTimeout(entry.Take("timeout"), draft);
        ReadManagement(entry, draft);
        entry.ReportRest("is no key of the earlier system, which ignored it; nothing to do");
        string origin = string.Create(CultureInfo.InvariantCulture, $"From line {item.Location.Line} of the old file.");
        foreach (string host in hosts)
        {
            Lines.AddRange(draft.Write(host, hasAlias: host == hosts[0], origin));
        }
    }

    private static HostPattern? HostOf(OldValue item) =>
        item.Node is MappingNode mapping && mapping.Pairs.FirstOrDefault(pair => pair.Key == "domain")?.Value is ScalarNode scalar && HostPattern.TryParse(scalar.Value, out HostPattern? host, out _) ? host : null;

    /// <summary>The hosts of the new entries; none after reporting why.</summary>
    private string[] ReadHosts(OldValue domain, HashSet<string> exact)
    {
        string text = domain.Text ?? "";
        bool isWildcard = text.StartsWith("*.", StringComparison.Ordinal);
        if (!HostPattern.TryParse(isWildcard ? "*" + text : text, out HostPattern? host, out string? problem))
        {
            notes.Dropped(domain, $"{problem}; the entry is left out");
            return [];
        }

        if (host.IsWildcard && !isWildcard)
        {
            notes.Dropped(domain, "was no wildcard of the earlier system, which knew \"*.\" alone; the entry is left out");
            return [];
        }

        if (host.Suffix.IsAddress)
        {
            notes.Dropped(domain, "an address is a host only with scheme: http and \"addresses\", which the earlier system did not have; the entry is left out");
            return [];
        }

        if (!_lineOf.TryAdd(host.Text, domain.Location.Line))
        {
            notes.Dropped(domain, string.Create(CultureInfo.InvariantCulture, $"stands in line {_lineOf[host.Text]} already, and entries never merge; the entry is left out"));
            return [];
        }

        if (!isWildcard)
        {
            notes.Mapped(domain, "domain");
            return [host.Text];
        }

        string apex = host.Suffix.Value;
        bool hasApex = exact.Contains(apex);
        notes.Changed(domain, hasApex
            ? $"domain {host.Text}, which is any depth below; {apex} itself has an entry of its own"
            : $"two entries, {apex} and {host.Text}: the earlier system took \"*.\" for the name and any depth below, and no wildcard includes the name behind it now");
        return hasApex ? [host.Text] : [apex, host.Text];
    }

    private void ReadScheme(OldMapping entry, EntryDraft draft, out bool isPlain)
    {
        OldValue? tls = entry.Take("tls");
        isPlain = tls?.Flag == false;
        if (isPlain)
        {
            notes.Mapped(tls!, "scheme: http");
            draft.Add("scheme: http");
        }
        else if (tls is { Flag: true })
        {
            notes.Mapped(tls, "scheme: https, which is the default");
        }
        else if (tls is not null)
        {
            notes.Dropped(tls, "is neither true nor false; https is used");
        }
    }

    private void ReadAlias(OldValue? alias, EntryDraft draft, string[] hosts)
    {
        if (alias is null)
        {
            return;
        }

        string text = alias.Text ?? "";
        if (hosts[0].StartsWith('*'))
        {
            notes.Dropped(alias, "a wildcard has no second name; write an entry for the one host");
        }
        else if (text.Contains('.', StringComparison.Ordinal) || !HostName.TryParsePolicyText($"{text}.devbox.local", out HostName? name, out _))
        {
            notes.Dropped(alias, "an alias is one label of letters, digits and '-'");
        }
        else if (!_aliases.Add(name.Value))
        {
            notes.Dropped(alias, "another entry has this second name already");
        }
        else
        {
            notes.Mapped(alias, "alias", PolicyFeatures.Aliases);
            draft.AliasLine = $"{(notes.Honours(PolicyFeatures.Aliases) ? "" : "# ")}alias: {PolicyScalar.Write(name.Value[..^".devbox.local".Length])}";
        }
    }

    private void ReadTimeout(OldValue? timeout, EntryDraft draft)
    {
        if (timeout is null)
        {
            return;
        }

        if (OldDuration.Read(timeout) is { } duration)
        {
            notes.Mapped(timeout, "timeout: time to the response headers; a stream is not cut by it");
            draft.Add($"timeout: {duration}");
        }
        else
        {
            notes.Dropped(timeout, "is no duration from 1ms to 24h; the default, 30s, holds");
        }
    }

    private void ReadManagement(OldMapping entry, EntryDraft draft)
    {
        if (entry.Take("description") is { } description)
        {
            ReadDescription(description, draft);
        }

        if (entry.Take("enabled") is { } enabled)
        {
            ReadEnabled(enabled, draft);
        }

        if (entry.Take("expires_at") is { } expiry)
        {
            ReadExpiry(expiry, draft);
        }

        foreach (string key in (string[])["agent", "agents", "profile", "profiles"])
        {
            if (entry.Take(key) is { } selector)
            {
                draft.Losses.Add("it was for some agents only");
                notes.Dropped(selector, "an entry for some agents stands under agents[].domains now; move it there, it is disabled until then");
            }
        }
    }

    private void ReadDescription(OldValue description, EntryDraft draft)
    {
        if (description.Text is { } text && !text.Any(char.IsControl) && !SecretLooks.HoldsToken(text))
        {
            notes.Mapped(description, "description");
            draft.Add($"description: {PolicyScalar.Write(text)}");
        }
        else
        {
            notes.Dropped(description, "is no text of one line, or holds what looks like a secret");
        }
    }

    private void ReadEnabled(OldValue enabled, EntryDraft draft)
    {
        if (enabled.Flag is { } isEnabled)
        {
            notes.Mapped(enabled, isEnabled ? "enabled: true, which is the default" : "enabled: false");
            if (!isEnabled)
            {
                draft.Add("enabled: false");
            }
        }
        else
        {
            draft.Losses.Add("whether it was enabled cannot be read");
            notes.Dropped(enabled, "is neither true nor false; the entry is disabled");
        }
    }

    private void ReadExpiry(OldValue expiry, EntryDraft draft)
    {
        string text = expiry.Text ?? "";
        bool isExact = TimestampText.TryParse(text, out DateTimeOffset moment);
        if (!isExact && !DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out moment))
        {
            draft.Losses.Add("when it ends cannot be read");
            notes.Dropped(expiry, $"is no moment, so the entry is disabled; {TimestampText.Advice}");
            return;
        }

        string written = moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        draft.Add($"expires_at: {written}", notes.Honours(PolicyFeatures.Expiry));
        if (moment <= now)
        {
            notes.Changed(expiry, "expires_at; it is past, so the entry allows nothing");
        }
        else if (isExact)
        {
            notes.Mapped(expiry, "expires_at", PolicyFeatures.Expiry);
        }
        else
        {
            notes.Changed(expiry, "expires_at, read as UTC where it names no offset");
        }

        if (!notes.Honours(PolicyFeatures.Expiry))
        {
            draft.Losses.Add("this build honours no end of an entry");
        }
    }
}
