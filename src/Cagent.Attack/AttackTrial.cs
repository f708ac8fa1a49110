// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Attack.Canaries;
using Cagent.Attack.Client;

namespace Cagent.Attack;

/// <summary>One row while it is run: what it may use, and what came of its inputs. Not thread safe.</summary>
internal sealed class AttackTrial(AttackOptions options, ProxyClient proxy)
{
    private const int BriefInputs = 2;
    private const int MaxEvidence = 10;
    private readonly List<AttackEvidence> _failed = [];
    private readonly List<AttackEvidence> _unclear = [];
    private readonly List<AttackEvidence> _warned = [];
    private string? _skipReason;
    private int _failures;
    private int _muteFailures; // of these, those that had no answer where one was due

    public AttackOptions Options => options;

    public AttackTargets Targets => options.Targets;

    public ProxyClient Proxy => proxy;

    public AttackUrl Allowed => Targets.Allowed;

    public AttackUrl Canary => Targets.Canary;

    /// <summary>How many inputs were tried.</summary>
    public int Inputs { get; private set; }

    /// <summary>What the row itself sent to the canary past the proxy, and knows to have arrived; null for nothing.</summary>
    public (long Connections, long Datagrams)? Sent { get; set; }

    /// <summary>Whether all that failed is that no answer came where one was due: a proxy that is just going away does the same.</summary>
    public bool IsMute => _failures > 0 && _failures == _muteFailures;

    /// <summary>The inputs that are to be tried: all, or a few.</summary>
    public IEnumerable<T> Some<T>(IEnumerable<T> inputs) => options.IsBrief ? inputs.Take(BriefInputs) : inputs;

    /// <summary>Notes an answer.</summary>
    public void Expect(string input, Expectation expected, Answer answer)
    {
        AttackVerdict verdict = expected.Judge(answer);
        _muteFailures += verdict == AttackVerdict.Failed && (answer.Kind is AnswerKind.Closed or AnswerKind.Silence) ? 1 : 0;
        Note(input, expected.ToString(), answer.Shown, verdict);
    }

    /// <summary>Notes that the allowed request works in the middle of an attack, or not.</summary>
    public void ExpectAllowed(string input, Answer answer) =>
        Note(input, "an answer of the upstream", answer.Shown, answer.IsFromUpstream ? AttackVerdict.Passed : AttackVerdict.Inconclusive);

    /// <summary>Notes what holds or does not.</summary>
    public void Expect(string input, string expected, bool holds, string observed) => Note(input, expected, observed, holds ? AttackVerdict.Passed : AttackVerdict.Failed);

    /// <summary>Notes a way past the proxy: what is open there is a failure only where the agent should be isolated.</summary>
    public void ExpectIsolated(string input, string expected, bool holds, string observed) =>
        Note(input, expected, observed, holds ? AttackVerdict.Passed : options.IsIsolated ? AttackVerdict.Failed : AttackVerdict.Warning);

    public void Note(string input, string expected, string observed, AttackVerdict verdict)
    {
        Inputs++;
        _failures += verdict == AttackVerdict.Failed ? 1 : 0;
        List<AttackEvidence>? list = verdict switch
        {
            AttackVerdict.Passed => null,
            AttackVerdict.Failed => _failed,
            AttackVerdict.Warning => _warned,
            _ => _unclear,
        };
        if (list is { Count: < MaxEvidence })
        {
            list.Add(new AttackEvidence(EvidenceText.Of(input), expected, EvidenceText.Of(observed)));
        }
    }

    /// <summary>Says why nothing, or nothing more, is tried.</summary>
    public void Skip(string reason) => _skipReason ??= reason;

    /// <summary>Notes what arrived at the canary between two moments.</summary>
    public void ExpectNothingArrived(CanarySightings before, CanarySightings after)
    {
        long arrived = after.Connections - before.Connections + after.Datagrams - before.Datagrams;
        if (arrived != 0)
        {
            string last = after.Recent.IsEmpty ? "" : $", last from {after.Recent[^1].From}: {after.Recent[^1].Bytes}";
            // First, and never left out: it is more than an answer can say.
            Inputs++;
            _failures++;
            _failed.Insert(0, new AttackEvidence("canary", "nothing arrives", EvidenceText.Of($"{arrived} arrived{last}")));
        }
    }

    /// <summary>The result, as things stand.</summary>
    public AttackResult ToResult(AttackRow row, TimeSpan duration)
    {
        AttackVerdict verdict = _failed.Count > 0 ? AttackVerdict.Failed
            : _unclear.Count > 0 ? AttackVerdict.Inconclusive
            : _warned.Count > 0 ? AttackVerdict.Warning
            : Inputs > 0 ? AttackVerdict.Passed
            : _skipReason is not null ? AttackVerdict.Skipped
            : AttackVerdict.Inconclusive;
        string? reason = verdict switch
        {
            AttackVerdict.Passed or AttackVerdict.Failed => null,
            AttackVerdict.Skipped => _skipReason,
            AttackVerdict.Warning => "the proxy does not enforce this here; a way past it is a failure with --isolated",
            _ => _unclear.Count > 0 ? "what it stands on does not work" : "nothing was tried",
        };
        ImmutableArray<AttackEvidence> evidence = [.. _failed, .. _unclear, .. _warned];
        return new AttackResult(row.Id, row.Title, verdict, Inputs, reason, evidence, duration);
    }
}
