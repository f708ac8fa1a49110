// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Collections.Immutable;
using Cagent.Compiler.Limits;
using Cagent.ControlPlane.Budgets;
using Cagent.ControlPlane.Revisions;

namespace Cagent.Budgets;

/// <summary>
/// All accounts in memory, and the streams that draw on them. A request is one look-up, one short lock of its agent's account and one entry for its
/// stream; the disk is told ahead by <see cref="BudgetWriter"/>, and only who finds that used up waits for it.
/// </summary>
internal sealed class BudgetLedger : IRequestBudgets, IStreamObserver, IBudgetReport
{
    /// <summary>What has not been heard of for so long has ended without a word: reports come twice a second.</summary>
    public static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(30);

    /// <summary>For the disk, in all; Envoy gives a decision one second.</summary>
    private static readonly TimeSpan DiskPatience = TimeSpan.FromMilliseconds(800);

    private readonly TimeProvider _time;
    private readonly IStreamStopper _stopper;
    private readonly BudgetMetrics _metrics;
    private readonly ConcurrentDictionary<string, BudgetAccount> _accounts = new(StringComparer.Ordinal); // one for each agent that ever had a budget
    private readonly ConcurrentDictionary<string, OpenStream> _streams = new(StringComparer.Ordinal);     // bounded by what Envoy holds open, and LongestSilence
    private volatile TaskCompletionSource _written = NewSource(); // replaced by each write, successful or not
    private volatile bool _isLoaded;
    private volatile string? _problem;

    /// <summary>A ledger that follows the revision in force, and gives nothing out before it was loaded.</summary>
    public BudgetLedger(IRevisionSource revisions, IStreamStopper stopper, BudgetMetrics metrics, TimeProvider time)
    {
        _time = time;
        _stopper = stopper;
        _metrics = metrics;
        metrics.Observe(() => _streams.Count);
        revisions.Published += revision => Apply(revision.Compiled.Limits);
        if (revisions.Current is { } current)
        {
            Apply(current.Compiled.Limits);
        }
    }

    /// <inheritdoc/>
    public event Action? Changed;

    /// <summary>Somebody needs the disk now.</summary>
    public event Action? DiskWanted;

    /// <inheritdoc/>
    public string? Problem => _problem;

    /// <inheritdoc/>
    public ImmutableArray<BudgetUsage> Usages
    {
        get
        {
            DateTimeOffset now = _time.GetUtcNow();
            return [.. _accounts.Values.Select(account => account.Usage(now)).OfType<BudgetUsage>().OrderBy(usage => usage.Agent, StringComparer.Ordinal)];
        }
    }

    /// <summary>The accounts, in no order.</summary>
    public IEnumerable<BudgetAccount> Accounts => _accounts.Values;

    /// <inheritdoc/>
    public ValueTask<BudgetAnswer> ReserveAsync(BudgetQuestion question, CancellationToken cancellationToken)
    {
        BudgetAnswer answer = TryReserve(question);
        return answer.Verdict == BudgetVerdict.Unavailable && _isLoaded ? ReserveLaterAsync(question, cancellationToken) : Counted(answer);
    }

    /// <inheritdoc/>
    public void Observe(in StreamReport report)
    {
        if (!_streams.TryGetValue(report.RequestId, out OpenStream? stream))
        {
            if (report.CountedAgent is not { } agent)
            {
                return;
            }

            // Admitted by an earlier run, or silent for too long: counted from its beginning, rather too much than too little.
            stream = _streams.GetOrAdd(report.RequestId, new OpenStream(report.RequestId, AccountOf(agent)));
        }

        long before = stream.Counted;
        if (stream.Account.Report(stream, Sum(report.BytesUp, report.BytesDown), report.IsFinal, _time.GetTimestamp(), _time.GetUtcNow()))
        {
            _stopper.Stop(stream.Account.Agent);
        }

        _metrics.Bytes(stream.Counted - before);
        if (report.IsFinal)
        {
            _streams.TryRemove(report.RequestId, out _);
        }
    }

    /// <summary>Takes over what is on disk; once.</summary>
    public void Load(BudgetContent content)
    {
        foreach (AccountRow row in content.Accounts)
        {
            AccountOf(row.Agent).Load(row);
        }

        foreach (StreamRow row in content.Streams)
        {
            _streams.TryAdd(row.RequestId, AccountOf(row.Agent).Load(row, _time.GetTimestamp()));
        }

        _isLoaded = true;
    }

    /// <summary>Settles streams that have been silent for too long; gives how many.</summary>
    public int Sweep()
    {
        long silentSince = _time.GetTimestamp() - (long)(LongestSilence.TotalSeconds * _time.TimestampFrequency);
        int expired = 0;
        foreach (OpenStream stream in _streams.Values)
        {
            if (stream.Account.Expire(stream, silentSince))
            {
                _streams.TryRemove(stream.RequestId, out _);
                expired++;
            }
        }

        return expired;
    }

    /// <summary>The streams that were reported while they ran.</summary>
    /// <param name="isLast">Whether the accounts' rows are written without what the streams hold.</param>
    public ImmutableArray<StreamRow> StreamRows(bool isLast) =>
    [
        .. _streams.Values.Where(stream => !stream.IsClosed && (isLast || stream.IsLong))
            .Select(stream => new StreamRow(stream.RequestId, stream.Account.Agent, stream.Counted, isLast ? stream.Reserved : 0)),
    ];

    /// <summary>Lets those who wait for the disk look again.</summary>
    /// <param name="problem">Why it was not written; null when it was.</param>
    public void OnWritten(string? problem)
    {
        bool hasChanged = _problem != problem;
        _problem = problem;
        Interlocked.Exchange(ref _written, NewSource()).TrySetResult();
        if (hasChanged)
        {
            Changed?.Invoke();
        }
    }

    /// <summary>Tells followers that a level was reached.</summary>
    public void OnLevels() => Changed?.Invoke();

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static long Sum(long up, long down) => up > long.MaxValue - down ? long.MaxValue : up + down;

    private BudgetAccount AccountOf(string agent) => _accounts.GetOrAdd(agent, static name => new BudgetAccount(name));

    private BudgetAnswer TryReserve(in BudgetQuestion question)
    {
        if (!_isLoaded)
        {
            return default;
        }

        BudgetAccount account = AccountOf(question.Agent);
        Reservation reservation = account.Reserve(question.Budget, question.Announced, _time.GetUtcNow());
        if (reservation.Answer.Verdict == BudgetVerdict.Reserved)
        {
            OpenStream stream = new(question.RequestId, account) { Reserved = reservation.Bytes, SeenAt = _time.GetTimestamp() };
            // What has no name of its own cannot be followed.
            if (question.RequestId.Length == 0 || !_streams.TryAdd(question.RequestId, stream))
            {
                account.Forfeit(reservation.Bytes);
            }
        }

        if (reservation.WantsDisk)
        {
            DiskWanted?.Invoke();
        }

        return reservation.Answer;
    }

    private async ValueTask<BudgetAnswer> ReserveLaterAsync(BudgetQuestion question, CancellationToken cancellationToken)
    {
        long start = _time.GetTimestamp();
        while (true)
        {
            Task written = _written.Task; // before the look, so that no write in between is missed
            BudgetAnswer answer = TryReserve(question);
            TimeSpan left = DiskPatience - _time.GetElapsedTime(start);
            if (answer.Verdict != BudgetVerdict.Unavailable || left <= TimeSpan.Zero || _problem is not null || cancellationToken.IsCancellationRequested)
            {
                return await Counted(answer).ConfigureAwait(false);
            }

            await written.WaitAsync(left, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private ValueTask<BudgetAnswer> Counted(BudgetAnswer answer)
    {
        if (answer.Verdict != BudgetVerdict.Reserved)
        {
            _metrics.Denied(answer.Verdict);
        }

        return ValueTask.FromResult(answer);
    }

    private void Apply(LimitTable limits)
    {
        DateTimeOffset now = _time.GetUtcNow();
        Dictionary<string, AgentBudget> budgets = limits.Agents.Where(agent => agent.Budget is not null).ToDictionary(agent => agent.Agent, agent => agent.Budget!, StringComparer.Ordinal);
        foreach (string agent in _accounts.Keys.Union(budgets.Keys).ToArray())
        {
            if (AccountOf(agent).Apply(budgets.GetValueOrDefault(agent), now))
            {
                _stopper.Stop(agent);
            }
        }

        // What is written ahead also covers what streams of an earlier run report.
        DiskWanted?.Invoke();
    }
}
