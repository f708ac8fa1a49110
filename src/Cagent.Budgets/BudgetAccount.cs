// SPDX-License-Identifier: Apache-2.0
using Cagent.Compiler.Limits;
using Cagent.ControlPlane.Budgets;
using Cagent.Policy.Model;

namespace Cagent.Budgets;

/// <summary>
/// What one agent has used in its present period. All of it under one short lock that nobody else's requests take; no I/O. A period never opens
/// again: when the clock is set back, the one that has begun goes on to its end.
/// </summary>
internal sealed class BudgetAccount(string agent)
{
    private readonly Lock _lock = new();
    private AgentBudget? _budget; // null: the policy in force has none for this agent
    private BudgetPeriod _period;
    private BudgetWindow _window;
    private long _requests;
    private long _bytes;
    private long _reserved;
    private long _growth;
    private long _durableRequests; // at least so many are on disk for this period
    private long _durableBytes;
    private long _wantedRequests; // by those who wait for the disk
    private long _wantedBytes;
    private int _requestLevel;
    private int _byteLevel;
    private bool _isDirty;
    private bool _hasWindow;
    private RecentLargest _largest;

    public string Agent { get; } = agent;

    /// <summary>Takes over what an earlier run left. Before anything else.</summary>
    public void Load(AccountRow row)
    {
        lock (_lock)
        {
            _period = row.Period;
            _window = BudgetWindow.Of(row.Period, row.Start);
            _hasWindow = true;
            (_requests, _bytes) = (row.Requests, row.Bytes);
            (_durableRequests, _durableBytes) = (row.Requests, row.Bytes);
        }
    }

    /// <summary>Takes over a stream that an earlier run left open.</summary>
    public OpenStream Load(StreamRow row, long timestamp)
    {
        lock (_lock)
        {
            _reserved += row.Reserved;
            return new OpenStream(row.RequestId, this) { Counted = row.Counted, Reserved = row.Reserved, IsLong = true, SeenAt = timestamp };
        }
    }

    /// <summary>Sets what the policy in force says; null when it says nothing.</summary>
    /// <returns>Whether open streams must end now.</returns>
    public bool Apply(AgentBudget? budget, DateTimeOffset now)
    {
        lock (_lock)
        {
            Use(budget, now);
            return IsToEnd(growthOfOne: 0);
        }
    }

    /// <summary>
    /// Takes a request from the budget. <see cref="BudgetVerdict.Unavailable"/> means that the disk has to be told first; what is used up is said all the same.
    /// </summary>
    public Reservation Reserve(AgentBudget budget, long announced, DateTimeOffset now)
    {
        lock (_lock)
        {
            Use(budget, now);
            long reserved = ReservationFor(budget, announced);
            BudgetVerdict verdict = Judge(budget, announced, reserved);
            if (verdict == BudgetVerdict.Reserved)
            {
                _requests++;
                _reserved += reserved;
                _isDirty = true;
            }
            else if (verdict == BudgetVerdict.Unavailable)
            {
                _wantedRequests++;
                _wantedBytes += reserved;
                _isDirty = true;
            }

            BudgetAnswer answer = new(verdict, _window.End, _window.End - now, BudgetLevels.Of(_requests, budget.Requests), BudgetLevels.Of(_bytes, budget.Bytes));
            return new Reservation(answer, reserved, verdict == BudgetVerdict.Unavailable || IsRunningLow(budget));
        }
    }

    /// <summary>Counts what a stream has carried since its last report.</summary>
    /// <returns>Whether the agent's open streams must end now.</returns>
    public bool Report(OpenStream stream, long total, bool isFinal, long timestamp, DateTimeOffset now)
    {
        lock (_lock)
        {
            if (stream.IsClosed)
            {
                return false;
            }

            Roll(now);
            long delta = Math.Max(0, total - stream.Counted);
            stream.Counted += delta;
            stream.SeenAt = timestamp;
            _bytes += delta;
            _isDirty |= delta > 0;
            if (isFinal)
            {
                Close(stream);
                _largest.Add(stream.Counted, now);
            }
            else
            {
                stream.IsLong = true;
                Expect(stream, delta);
            }

            // Where nothing moves there is nothing to end: what is open then says nothing that is used up.
            return delta > 0 && IsToEnd(stream.Growth);
        }
    }

    /// <summary>Ends a stream of which nothing was heard for too long: what it held counts as used.</summary>
    public bool Expire(OpenStream stream, long silentSince)
    {
        lock (_lock)
        {
            if (stream.IsClosed || stream.SeenAt > silentSince)
            {
                return false;
            }

            _bytes += stream.Reserved;
            _isDirty = true;
            Close(stream);
            return true;
        }
    }

    /// <summary>Counts a request that cannot be followed: what it would hold is used.</summary>
    public void Forfeit(long reserved)
    {
        lock (_lock)
        {
            _reserved -= reserved;
            _bytes += reserved;
            _isDirty = true;
        }
    }

    /// <summary>What has to be on disk, with a block to give out; exact without. Null when nothing has changed.</summary>
    public AccountRow? TakeRow(bool isLast, DateTimeOffset now)
    {
        lock (_lock)
        {
            Roll(now);
            if (!_hasWindow || (!_isDirty && !isLast))
            {
                return null;
            }

            _isDirty = false;
            AgentBudget? ahead = isLast ? null : _budget;
            return new AccountRow(Agent, _period, _window.Start,
                _requests + (ahead?.Requests is null ? 0 : BudgetBlocks.OfRequests(ahead) + _wantedRequests),
                _bytes + (ahead is null ? 0 : _reserved) + (ahead?.Bytes is null ? 0 : BudgetBlocks.OfBytes(ahead) + _wantedBytes));
        }
    }

    /// <summary>Notes that a row is on disk, or that it is not.</summary>
    public void Written(AccountRow row, bool isOnDisk)
    {
        lock (_lock)
        {
            if (!isOnDisk)
            {
                _isDirty = true;
            }
            else if (row.Start == _window.Start && row.Period == _period)
            {
                (_durableRequests, _durableBytes) = (row.Requests, row.Bytes);
                (_wantedRequests, _wantedBytes) = (0, 0); // who waited asks again
            }
        }
    }

    /// <summary>The levels that were reached since the last call.</summary>
    public BudgetLevels TakeLevels()
    {
        lock (_lock)
        {
            BudgetLevels levels = new(BudgetLevels.Of(_requests, _budget?.Requests), BudgetLevels.Of(_bytes, _budget?.Bytes), _window.End);
            bool isNew = levels.Requests > _requestLevel || levels.Bytes > _byteLevel;
            (_requestLevel, _byteLevel) = (levels.Requests, levels.Bytes);
            return isNew ? levels : default;
        }
    }

    /// <summary>What is used; null where the policy has no budget.</summary>
    public BudgetUsage? Usage(DateTimeOffset now)
    {
        lock (_lock)
        {
            Roll(now);
            return _budget is { } budget ? new BudgetUsage(Agent, budget, _requests, _bytes, _reserved, _window.End) : null;
        }
    }

    private void Use(AgentBudget? budget, DateTimeOffset now)
    {
        if (!ReferenceEquals(_budget, budget) && _budget != budget)
        {
            _budget = budget;
            _isDirty = true;
        }

        if (budget is not null && (!_hasWindow || budget.Per != _period))
        {
            ChangePeriod(budget.Per, now);
        }

        Roll(now);
    }

    /// <summary>Of two kinds of period that overlap what is used in the one is used in the other: a change of the policy opens nothing.</summary>
    private void ChangePeriod(BudgetPeriod period, DateTimeOffset now)
    {
        Roll(now);
        DateTimeOffset moment = _hasWindow && now < _window.Start ? _window.Start : now;
        _period = period;
        _window = BudgetWindow.Of(period, moment);
        _hasWindow = true;
        (_durableRequests, _durableBytes) = (0, 0); // of this period nothing is on disk
        _isDirty = true;
    }

    private void Roll(DateTimeOffset now)
    {
        if (!_hasWindow || now < _window.End)
        {
            return;
        }

        _window = BudgetWindow.Of(_period, now);
        (_requests, _bytes, _durableRequests, _durableBytes, _requestLevel, _byteLevel) = (0, 0, 0, 0, 0, 0);
        _isDirty = true;
    }

    private BudgetVerdict Judge(AgentBudget budget, long announced, long reserved) =>
        _requests >= budget.Requests ? BudgetVerdict.NoRequests
        : _bytes >= budget.Bytes || announced > budget.Bytes - _bytes ? BudgetVerdict.NoBytes
        : _bytes + _reserved >= budget.Bytes || announced > budget.Bytes - _bytes - _reserved ? BudgetVerdict.Held
        : IsOnDisk(budget, reserved) ? BudgetVerdict.Reserved
        : BudgetVerdict.Unavailable;

    private bool IsOnDisk(AgentBudget budget, long reserved) =>
        (budget.Requests is null || _requests < _durableRequests) && (budget.Bytes is null || _bytes + _reserved + reserved <= _durableBytes);

    private bool IsRunningLow(AgentBudget budget) =>
        (budget.Requests is not null && _durableRequests - _requests < BudgetBlocks.OfRequests(budget) / 2)
        || (budget.Bytes is not null && _durableBytes - _bytes - _reserved < BudgetBlocks.OfBytes(budget) / 2);

    private long ReservationFor(AgentBudget budget, long announced) =>
        budget.Bytes is { } limit ? Math.Max(BudgetBlocks.OfOneRequest(limit, _largest.Value), announced) : 0;

    /// <summary>Holds for a stream what it is likely to carry before it can be ended: half as much again as in the last interval.</summary>
    private void Expect(OpenStream stream, long delta)
    {
        long growth = delta + (delta / 2);
        long reserved = _budget?.Bytes is { } limit ? growth + BudgetBlocks.OfQuietStream(limit) : 0;
        _growth += growth - stream.Growth;
        _reserved += reserved - stream.Reserved;
        (stream.Growth, stream.Reserved) = (growth, reserved);
    }

    private void Close(OpenStream stream)
    {
        _reserved -= stream.Reserved;
        _growth -= stream.Growth;
        stream.IsClosed = true;
    }

    /// <summary>Whether the rest would be used up before the others could be ended. One stream alone may go beyond: what it will carry nobody knows.</summary>
    private bool IsToEnd(long growthOfOne) => _budget?.Bytes is { } limit && _bytes + _growth - growthOfOne >= limit;
}
