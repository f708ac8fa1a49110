// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Security.Authentication;
using Cagent.Attack.Canaries;
using Cagent.Attack.Client;

namespace Cagent.Attack;

/// <summary>
/// Runs the rows one after the other, the allowed request before the first and after each group: a run in which everything is broken proves nothing.
/// </summary>
public sealed class AttackRunner
{
    private const int MaxRetryAfter = 61;
    private readonly AttackOptions _options;
    private readonly TimeProvider _time;
    private readonly ProxyClient _proxy;
    private CanarySightings? _seen;

    /// <summary>A runner for any number of runs, one after the other.</summary>
    public AttackRunner(AttackOptions options, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _time = time ?? TimeProvider.System;
        _proxy = new ProxyClient(options.Proxy, options.Trust, options.Timeout, new ReceivedBytes(options.Secret));
    }

    /// <summary>Runs all rows that the options name.</summary>
    /// <param name="progress">Gets each result as it comes.</param>
    /// <param name="cancellationToken">Ends the run, by <see cref="OperationCanceledException"/>.</param>
    public async Task<AttackReport> RunAsync(Action<AttackResult>? progress = null, CancellationToken cancellationToken = default)
    {
        DateTimeOffset started = _time.GetUtcNow();
        long start = _time.GetTimestamp();
        ImmutableArray<AttackRow> rows = AttackCatalogue.Select(_options);
        ImmutableArray<AttackResult>.Builder results = ImmutableArray.CreateBuilder<AttackResult>();
        string? problem = await PrepareAsync(cancellationToken).ConfigureAwait(false);
        // The few cheap rows of a watch share one look at the allowed request, which costs more than most of them.
        foreach (IGrouping<string, AttackRow> group in rows.GroupBy(row => _options.IsBrief ? "of core rows" : row.Group))
        {
            List<AttackResult> ofGroup = [];
            foreach (AttackRow row in group)
            {
                ofGroup.Add(problem is null ? await RunAsync(row, cancellationToken).ConfigureAwait(false) : Untried(row, problem));
            }

            // A rule that denies because nothing works any more is no proof; what got through stays a failure.
            if (problem is null && (problem = await FindProblemAsync(cancellationToken).ConfigureAwait(false)) is not null)
            {
                problem = $"after group {group.Key} {problem}";
                ofGroup = [.. ofGroup.Select(result => result.Verdict == AttackVerdict.Passed ? result with { Verdict = AttackVerdict.Inconclusive, Reason = problem } : result)];
            }

            foreach (AttackResult result in ofGroup)
            {
                results.Add(result);
                progress?.Invoke(result);
            }
        }

        return new AttackReport(started, _time.GetElapsedTime(start), results.ToImmutable(), problem, _options.Witness is not null);
    }

    private static AttackResult Untried(AttackRow row, string problem) => new(row.Id, row.Title, AttackVerdict.Inconclusive, 0, problem, [], TimeSpan.Zero);

    private async Task<string?> PrepareAsync(CancellationToken cancellationToken)
    {
        if (_options.Witness is { } witness)
        {
            (_seen, string? problem) = await witness.AskAsync(cancellationToken).ConfigureAwait(false);
            if (problem is not null)
            {
                return "the canary cannot be asked: " + problem;
            }
        }

        return await FindProblemAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<AttackResult> RunAsync(AttackRow row, CancellationToken cancellationToken)
    {
        AttackTrial trial = new(_options, _proxy);
        long start = _time.GetTimestamp();
        try
        {
            await row.RunAsync(trial, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (IsOfTheNetwork(exception, cancellationToken))
        {
            trial.Note("this attack", "to be carried out", exception is OperationCanceledException ? "no answer within the limit" : exception.Message, AttackVerdict.Inconclusive);
        }

        await AskWitnessAsync(trial, cancellationToken).ConfigureAwait(false);
        AttackResult result = trial.ToResult(row, _time.GetElapsedTime(start));
        return trial.IsMute && await FindProblemAsync(cancellationToken).ConfigureAwait(false) is { } problem
            ? result with { Verdict = AttackVerdict.Inconclusive, Reason = problem }
            : result;
    }

    private async Task AskWitnessAsync(AttackTrial trial, CancellationToken cancellationToken)
    {
        if (_options.Witness is not { } witness)
        {
            return;
        }

        (CanarySightings? now, string? problem) = await witness.AskAsync(cancellationToken).ConfigureAwait(false);
        if (now is null)
        {
            trial.Note("the canary", "to say what it saw", problem ?? "", AttackVerdict.Inconclusive);
            return;
        }

        if (_seen is { } before)
        {
            // What went past the proxy by intent is accounted for by the row that did it.
            trial.ExpectNothingArrived(trial.Sent is { } sent ? before with { Connections = before.Connections + sent.Connections, Datagrams = before.Datagrams + sent.Datagrams } : before, now);
        }

        _seen = now;
    }

    // The neighbour: the allowed request goes all the way.
    private async Task<string?> FindProblemAsync(CancellationToken cancellationToken)
    {
        AttackUrl allowed = _options.Targets.Allowed;
        Answer answer = await AskNeighbourAsync(allowed, cancellationToken).ConfigureAwait(false);
        if (answer is { Denied: "rate_limited", RetryAfter: <= MaxRetryAfter and var seconds })
        {
            await Task.Delay(TimeSpan.FromSeconds(seconds), _time, cancellationToken).ConfigureAwait(false);
            answer = await AskNeighbourAsync(allowed, cancellationToken).ConfigureAwait(false);
        }

        return answer.IsFromUpstream ? null : $"the allowed request GET https://{allowed} does not work: {answer.Shown}";
    }

    private async Task<Answer> AskNeighbourAsync(AttackUrl allowed, CancellationToken cancellationToken)
    {
        try
        {
            return await new AttackTrial(_options, _proxy).AskInsideAsync(allowed, TrialExtensions.Request(allowed, "GET"), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (IsOfTheNetwork(exception, cancellationToken))
        {
            return Answer.Of(AnswerKind.Silence, exception is OperationCanceledException ? "no answer within the limit" : exception.Message);
        }
    }

    private static bool IsOfTheNetwork(Exception exception, CancellationToken cancellationToken) =>
        exception is AttackUnavailableException or IOException or System.Net.Sockets.SocketException or AuthenticationException
        || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested);
}
