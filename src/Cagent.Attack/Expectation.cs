// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Attack.Client;

namespace Cagent.Attack;

/// <summary>
/// What must come back. Everything that is not named is a failure; only answers that say nothing about the attack (the proxy is away, has no
/// policy, or is busy) are inconclusive. Immutable.
/// </summary>
internal sealed class Expectation
{
    // What the proxy says to everything when it is disturbed, or when this agent has no say at all.
    private static readonly ImmutableArray<string> Elsewhere = ["policy_unavailable", "rate_limited", "agent_unknown", "agent_quarantined", "credential_unavailable"];
    private readonly ImmutableArray<string> _reasons;
    private readonly bool _mayRefuse;
    private readonly bool _mayEnd;
    private readonly string _text;

    private Expectation(ImmutableArray<string> reasons, bool mayRefuse, bool mayEnd)
    {
        _reasons = reasons;
        _mayRefuse = mayRefuse;
        _mayEnd = mayEnd;
        _text = string.Join(", or ", Words());
    }

    /// <summary>The host is not the agent's, or not spelt as a host.</summary>
    public static Expectation NoHost { get; } = new(["host_not_allowed"], mayRefuse: true, mayEnd: false);

    /// <summary>Neither the name nor the address.</summary>
    public static Expectation NoAddress { get; } = new(["host_not_allowed", "address_forbidden"], mayRefuse: true, mayEnd: false);

    /// <summary>The names of a tunnel and what is in it differ.</summary>
    public static Expectation Mismatch { get; } = new(["name_mismatch", "host_not_allowed"], mayRefuse: true, mayEnd: false);

    /// <summary>A tunnel whose ClientHello nobody takes.</summary>
    public static Expectation NoTls { get; } = new(["name_mismatch"], mayRefuse: true, mayEnd: true) { TakesPlainAnswer = true };

    public static Expectation NoPath { get; } = new(["path_not_allowed"], mayRefuse: true, mayEnd: false);

    public static Expectation NoMethod { get; } = new(["method_not_allowed", "read_only", "path_not_allowed"], mayRefuse: true, mayEnd: false);

    public static Expectation ReadOnly { get; } = new(["read_only"], mayRefuse: false, mayEnd: false);

    /// <summary>Not HTTP, in the proxy's own words or without any.</summary>
    public static Expectation NoHttp { get; } = new(["method_not_allowed", "path_not_allowed", "host_not_allowed", "name_mismatch", "read_only"], mayRefuse: true, mayEnd: true);

    public static Expectation TooLarge { get; } = new(["body_too_large"], mayRefuse: false, mayEnd: false);

    /// <summary>Nobody vouches for who asks.</summary>
    public static Expectation NoAgent { get; } = new(["agent_unknown"], mayRefuse: false, mayEnd: true);

    // Who answers a ClientHello with HTTP did not take it.
    private bool TakesPlainAnswer { get; init; }

    /// <summary>What the answer proves.</summary>
    public AttackVerdict Judge(Answer answer) =>
        Expects(answer) ? AttackVerdict.Passed
        : answer.Kind == AnswerKind.NoProxy || (answer.Denied is { } reason && Elsewhere.Contains(reason)) ? AttackVerdict.Inconclusive
        : AttackVerdict.Failed;

    public override string ToString() => _text;

    private bool Expects(Answer answer) =>
        answer is { Kind: AnswerKind.Http, HasSuccess: false, Responses: 1 } && (answer.Denied is { } reason ? _reasons.Contains(reason) : _mayRefuse && answer.IsRefused)
        || (_mayEnd && answer.IsEnded)
        || (TakesPlainAnswer && answer is { Kind: AnswerKind.Http, Status: 400, Denied: null });

    private IEnumerable<string> Words()
    {
        yield return "denied: " + string.Join("/", _reasons);
        if (_mayRefuse)
        {
            yield return "refused as no HTTP";
        }

        if (_mayEnd)
        {
            yield return "closed";
        }
    }
}
