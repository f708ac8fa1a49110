// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using Cagent.Domains;
using Cagent.Policy.Diagnostics;
using Cagent.Policy.Reading;
using Cagent.Policy.Validation;

namespace Cagent.Policy.Migration;

/// <summary>Translates the root of an old file, block by block, and puts the new policy together.</summary>
internal sealed class OldFileMigration(MigrationNotes notes, string file, DateTimeOffset now)
{
    private readonly StringBuilder _text = new();
    private readonly RuntimeMigration _runtime = new(notes);
    private readonly LimitMigration _limits = new(notes);

    public string Migrate(OldMapping root)
    {
        string name = string.Concat(file.Where(c => !char.IsControl(c)));
        Line($"# Made by `cagent migrate` from {name}. The report of that run says what became of each of its keys.");
        Line("version: 1");
        if (root.Take("mode") is { } mode)
        {
            notes.Dropped(mode, "was never read; nothing to do");
        }

        WriteDefaults(root);
        HashSet<string> internals = ReadInternalServices(root.Take("internal_services"));
        DomainMigration domains = new(notes, _limits, internals, now);
        domains.Migrate(root.Take("domains"));
        WriteCredentials(domains);
        WriteBlock("domains:", domains.Lines);
        WriteDns(OldMapping.Of(root.Take("dns"), notes));
        _runtime.Take(OldMapping.Of(root.Take("security"), notes), OldMapping.Of(root.Take("resources"), notes));
        foreach (string line in _runtime.Lines)
        {
            Line(line);
        }

        if (root.Take("email") is { } email)
        {
            OldMapping.ReportAll(email, "mail accounts are not part of this build's policy; keep the file for the mail module, and move secrets in it to the environment or to files", notes);
        }

        if (root.Take("dlp") is { } dlp)
        {
            OldMapping.ReportAll(dlp, "inspection of bodies is not part of this build's policy; nothing replaces it", notes);
        }

        root.ReportRest("is no key of the earlier system, which ignored it; nothing to do");
        return _text.ToString();
    }

    private void WriteDefaults(OldMapping root)
    {
        List<string> lines = [];
        OldMapping? limits = OldMapping.Of(root.Take("rate_limits"), notes);
        OldMapping? bucket = limits is null ? null : OldMapping.Of(limits.Take("default"), notes);
        _limits.TakeDefault(bucket);
        limits?.ReportRest("is no key of the earlier system, which ignored it; nothing to do");
        lines.Add($"  {(notes.Honours(PolicyFeatures.RateLimits) ? "" : "# ")}rate_limit: {_limits.Default}{(bucket is null ? "   # what the earlier system did without a word" : "")}");
        if (OldMapping.Of(root.Take("circuit_breakers"), notes) is { } breakers && _limits.TakeBreakers(breakers) is { } resilience)
        {
            lines.Add($"  {(notes.Honours(PolicyFeatures.Resilience) ? "" : "# ")}resilience: {resilience}");
        }

        WriteBlock("defaults:", lines);
    }

    /// <summary>Names that only the infrastructure may resolve; an entry of the same name contradicts that.</summary>
    private HashSet<string> ReadInternalServices(OldValue? services)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        if (services is null)
        {
            return names;
        }

        if (services.Items is not { } items)
        {
            notes.Dropped(services, "wants a list of names; nothing of it is taken over");
            return names;
        }

        notes.Dropped(services, "needs no key: a name that no entry lists is never resolved for an agent; keep the list where the infrastructure's own resolver is set up");
        names.UnionWith(items.Select(item => HostName.TryParsePolicyText(item.Text, out HostName? host, out _) ? host.Value : "").Where(name => name.Length > 0));
        return names;
    }

    private void WriteCredentials(DomainMigration domains)
    {
        if (domains.Credentials.Count > 0)
        {
            WriteBlock("credentials:", [.. domains.Credentials.Select(credential => $"  {credential.Key}: {{from: env, name: {PolicyScalar.Write(credential.Value)}}}")]);
        }
    }

    private void WriteDns(OldMapping? dns)
    {
        if (dns is null)
        {
            return;
        }

        List<string> lines = [];
        if (dns.Take("upstream") is { } upstream)
        {
            List<string> resolvers = [.. (upstream.Items ?? [upstream]).Select(ReadResolver).OfType<string>().Distinct(StringComparer.Ordinal)];
            if (resolvers.Count > 0)
            {
                notes.Mapped(upstream, "dns.upstream");
                lines.Add($"  upstream: {PolicyScalar.WriteList(resolvers)}");
            }
        }

        if (dns.Take("cache_ttl") is { } ttl)
        {
            lines.AddRange(ReadTtl(ttl));
        }

        dns.ReportRest("is no key of the earlier system, which ignored it; nothing to do");
        WriteBlock("dns:", lines);
    }

    private string? ReadResolver(OldValue item)
    {
        DiagnosticBag bag = new();
        if (item.Text is { } text && !new ResolverValidator(bag).Validate([new Located<string>(text, item.Location, item.Path)]).IsEmpty && !bag.HasErrors)
        {
            return text;
        }

        notes.Dropped(item, "is no address of a resolver; write addresses into dns.upstream");
        return null;
    }

    private IEnumerable<string> ReadTtl(OldValue ttl)
    {
        const int Longest = 60;
        if (ttl.Whole is not > 0)
        {
            notes.Dropped(ttl, "is no whole number of seconds; dns.ttl is 60s without it");
            return [];
        }

        long seconds = Math.Min(ttl.Whole.Value, Longest);
        string change = seconds < ttl.Whole ? "; at most 60s, so that a name that is taken away is soon gone" : "";
        if (change.Length > 0 && notes.Honours(PolicyFeatures.DnsPublishing))
        {
            notes.Changed(ttl, "dns.ttl" + change);
        }
        else
        {
            notes.Mapped(ttl, "dns.ttl" + change, PolicyFeatures.DnsPublishing);
        }

        return [string.Create(CultureInfo.InvariantCulture, $"  {(notes.Honours(PolicyFeatures.DnsPublishing) ? "" : "# ")}ttl: {seconds}s")];
    }

    /// <summary>Writes a block; one that holds comments only is a comment as a whole, because its key would have no value.</summary>
    private void WriteBlock(string key, List<string> lines)
    {
        if (lines.Count == 0)
        {
            return;
        }

        bool isEmpty = lines.All(line => line.TrimStart().StartsWith('#'));
        Line("");
        Line(isEmpty ? "# " + key : key);
        foreach (string line in lines)
        {
            Line(line);
        }
    }

    private void Line(string line) => _text.Append(line).Append('\n');
}
