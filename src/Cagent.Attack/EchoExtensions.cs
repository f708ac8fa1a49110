// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Cagent.Attack.Client;

namespace Cagent.Attack;

/// <summary>What an upstream that answers with the request's headers proves.</summary>
internal static class EchoExtensions
{
    /// <summary>Notes that the upstream did not see something; inconclusive when its answer does not even hold what it must have seen.</summary>
    public static void ExpectEcho(this AttackTrial trial, string input, Answer answer, string seen, string unseen)
    {
        string text = Encoding.UTF8.GetString(answer.Body.Span);
        AttackVerdict verdict = !answer.IsFromUpstream || !text.Contains(seen, StringComparison.Ordinal) ? AttackVerdict.Inconclusive
            : text.Contains(unseen, StringComparison.Ordinal) ? AttackVerdict.Failed
            : AttackVerdict.Passed;
        trial.Note(input, $"to arrive without \"{unseen}\"", verdict == AttackVerdict.Inconclusive ? $"no echo of the request's headers: {answer.Shown}" : "it arrived", verdict);
    }
}
