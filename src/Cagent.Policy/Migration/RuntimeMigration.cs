// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Cagent.Policy.Migration;

/// <summary>Translates how agents' containers were confined. It belongs to an agent now, and only its owner can say how that is recognised.</summary>
internal sealed class RuntimeMigration(MigrationNotes notes)
{
    private const string Where = "; agents[].runtime, which needs the agent's name and identity, so it is written as a comment";

    private readonly List<string> _parts = [];

    /// <summary>The commented example.</summary>
    public IEnumerable<string> Lines => _parts.Count == 0
        ? []
        : ["", "# agents:", "#   - name: agent", "#     identity: {token: {from: env, name: AGENT_TOKEN}}", $"#     runtime: {{{string.Join(", ", _parts)}}}"];

    public void Take(OldMapping? security, OldMapping? resources)
    {
        // The later name first: the earlier system preferred it.
        OldValue? later = security?.Take("runtime_policy");
        TakePolicy(later, isUsed: true);
        TakePolicy(security?.Take("seccomp_profile"), isUsed: later is null);
        Take(resources?.Take("cpu_limit"), "cpus", value => value.Number is >= 0.01m and <= 1024m and { } cpus ? decimal.Round(cpus, 2).ToString("0.##", CultureInfo.InvariantCulture) : null);
        Take(resources?.Take("memory_limit_mb"), "memory", value => value.Whole is >= 6 and <= 1L << 30 ? string.Create(CultureInfo.InvariantCulture, $"{value.Whole}MiB") : null);
        Take(resources?.Take("pids_limit"), "pids", value => value.Whole is >= 1 and <= 1_000_000 ? value.Whole.Value.ToString(CultureInfo.InvariantCulture) : null);
        security?.ReportRest("is no key of the earlier system, which ignored it; nothing to do");
        resources?.ReportRest("is no key of the earlier system, which ignored it; nothing to do");
    }

    private void TakePolicy(OldValue? policy, bool isUsed)
    {
        if (policy is { Text: "permissive" })
        {
            notes.Dropped(policy, "\"permissive\" has no equivalent; an agent without \"runtime\" is hardened, and \"standard\" is the weakest there is");
        }
        else if (policy is not null && !isUsed)
        {
            notes.Dropped(policy, "\"runtime_policy\" was used instead of it; nothing to do");
        }
        else
        {
            Take(policy, "policy", value => value.Text is "standard" or "hardened" ? value.Text : null);
        }
    }

    private void Take(OldValue? value, string key, Func<OldValue, string?> read)
    {
        if (value is null)
        {
            return;
        }

        if (read(value) is { } text)
        {
            _parts.Add($"{key}: {text}");
            notes.Changed(value, key + Where);
        }
        else
        {
            notes.Dropped(value, $"is no value for \"{key}\"; write it under agents[].runtime");
        }
    }
}
