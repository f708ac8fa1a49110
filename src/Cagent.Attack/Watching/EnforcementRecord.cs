// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Cagent.Attack.Watching;

/// <summary>What the rounds of a watch have shown, and the same as metrics in Prometheus' text format. Thread safe.</summary>
public sealed class EnforcementRecord
{
    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly ImmutableArray<string> _ids;
    private readonly Dictionary<string, long> _failures; // by id, under the lock
    private readonly Dictionary<AttackVerdict, long> _rounds = new() { [AttackVerdict.Passed] = 0, [AttackVerdict.Failed] = 0, [AttackVerdict.Inconclusive] = 0 }; // under the lock
    private DateTimeOffset? _verified; // under the lock

    /// <summary>Nothing is verified yet.</summary>
    /// <param name="ids">The attacks that are repeated: no other becomes a label.</param>
    /// <param name="time">The clock.</param>
    public EnforcementRecord(ImmutableArray<string> ids, TimeProvider time)
    {
        _ids = ids;
        _time = time;
        _failures = ids.ToDictionary(id => id, _ => 0L, StringComparer.Ordinal);
    }

    /// <summary>When a whole round last passed; null before the first.</summary>
    public DateTimeOffset? Verified
    {
        get
        {
            lock (_lock)
            {
                return _verified;
            }
        }
    }

    /// <summary>Notes a round.</summary>
    public void Add(AttackReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        lock (_lock)
        {
            _rounds[report.Verdict]++;
            _verified = report.Verdict == AttackVerdict.Passed ? report.Started : _verified;
            foreach (AttackResult result in report.Results.Where(result => result.Verdict == AttackVerdict.Failed && _failures.ContainsKey(result.Id)))
            {
                _failures[result.Id]++;
            }
        }
    }

    /// <summary>All metrics. The age is +Inf before the first round that passed, so that an alert on it fires.</summary>
    public string ToPrometheus()
    {
        lock (_lock)
        {
            double verified = _verified is { } moment ? moment.ToUnixTimeMilliseconds() / 1000.0 : 0;
            string age = _verified is { } since ? Number(Math.Max(0, (_time.GetUtcNow() - since).TotalSeconds)) : "+Inf";
            StringBuilder text = new();
            Describe(text, "cagent_enforcement_verified_timestamp_seconds", "gauge", "Beginning of the last round in which every attack was blocked; 0 before the first.");
            text.Append(CultureInfo.InvariantCulture, $"cagent_enforcement_verified_timestamp_seconds {Number(verified)}\n");
            Describe(text, "cagent_enforcement_verified_age_seconds", "gauge", "Time since then; +Inf before the first.");
            text.Append(CultureInfo.InvariantCulture, $"cagent_enforcement_verified_age_seconds {age}\n");
            Describe(text, "cagent_attack_rounds_total", "counter", "Rounds by what came of them.");
            foreach ((AttackVerdict verdict, string name) in ((AttackVerdict, string)[])[(AttackVerdict.Passed, "verified"), (AttackVerdict.Failed, "failed"), (AttackVerdict.Inconclusive, "inconclusive")])
            {
                text.Append(CultureInfo.InvariantCulture, $"cagent_attack_rounds_total{{result=\"{name}\"}} {_rounds[verdict]}\n");
            }

            Describe(text, "cagent_attack_failures_total", "counter", "Rounds in which an attack was not blocked.");
            foreach (string id in _ids)
            {
                text.Append(CultureInfo.InvariantCulture, $"cagent_attack_failures_total{{attack=\"{id}\"}} {_failures[id]}\n");
            }

            return text.ToString();
        }
    }

    private static string Number(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);

    private static void Describe(StringBuilder text, string name, string type, string help) =>
        text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {type}\n");
}
