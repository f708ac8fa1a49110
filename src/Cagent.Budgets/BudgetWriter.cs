// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Cagent.Budgets;

/// <summary>
/// The one writer of the store: once a second what has changed, and at once when somebody has used up what was written ahead. While the store
/// cannot be read or written it tries again each second; until then no more is given out than is on the disk.
/// </summary>
internal sealed class BudgetWriter : BackgroundService
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly BudgetLedger _ledger;
    private readonly IBudgetStore _store;
    private readonly BudgetMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger<BudgetWriter> _logger;
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }); // a wish more is the same wish
    private DateTimeOffset _lastSweep;
    private bool _isOpen;
    private bool _hadStreams = true;

    /// <summary>Reads the store, so that the first request already meets what was used before.</summary>
    public BudgetWriter(BudgetLedger ledger, IBudgetStore store, BudgetMetrics metrics, TimeProvider time, ILogger<BudgetWriter> logger)
    {
        _ledger = ledger;
        _store = store;
        _metrics = metrics;
        _time = time;
        _logger = logger;
        ledger.DiskWanted += () => _wake.Writer.TryWrite(true);
        TryOpen();
    }

    /// <summary>Ends the loop, then writes what is exactly used, and what is open.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        if (_isOpen && ExecuteTask is not { IsCompleted: false })
        {
            Write(isLast: true, withStreams: true);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        ITimer timer = _time.CreateTimer(_ => _wake.Writer.TryWrite(true), null, Interval, Interval);
        await using (timer.ConfigureAwait(false))
        {
            // Never on the thread that starts it, nor on that of a request.
            await Task.Yield();
            while (await _wake.Reader.WaitToReadAsync(stoppingToken).ConfigureAwait(false))
            {
                _wake.Reader.TryRead(out _);
                if (_isOpen || TryOpen())
                {
                    Write(isLast: false, TrySweep());
                }
            }
        }
    }

    private bool TryOpen()
    {
        try
        {
            _ledger.Load(_store.Open());
            _isOpen = true;
            ReportStore(null);
        }
        catch (BudgetStoreException exception)
        {
            ReportStore(exception);
        }

        return _isOpen;
    }

    /// <summary>Once a second: what has fallen silent, and what is worth a word.</summary>
    private bool TrySweep()
    {
        DateTimeOffset now = _time.GetUtcNow();
        if (now - _lastSweep < Interval && now >= _lastSweep)
        {
            return false;
        }

        _lastSweep = now;
        if (_ledger.Sweep() is var expired and > 0)
        {
            _logger.StreamsExpired(expired);
        }

        foreach (BudgetAccount account in _ledger.Accounts)
        {
            ReportLevels(account);
        }

        return true;
    }

    private void ReportLevels(BudgetAccount account)
    {
        if (account.TakeLevels() is { Highest: > 0 } levels)
        {
            _metrics.Level(levels.Highest);
            if (levels.Highest == 100)
            {
                _logger.BudgetUsedUp(account.Agent, levels.Requests == 100 ? "requests" : "bytes", levels.ResetsAt);
            }
            else
            {
                _logger.BudgetNearlyUsedUp(account.Agent, levels.Highest, levels.Requests >= levels.Bytes ? "requests" : "bytes", levels.ResetsAt);
            }

            _ledger.OnLevels();
        }
    }

    private void Write(bool isLast, bool withStreams)
    {
        DateTimeOffset now = _time.GetUtcNow();
        // Streams before accounts: what a stream carries in between is in the account's row and not in its own, and may count twice, never not at all.
        ImmutableArray<StreamRow>? streams = withStreams ? _ledger.StreamRows(isLast) : null;
        (BudgetAccount Account, AccountRow Row)[] changed =
        [
            .. _ledger.Accounts.Select(account => (account, Row: account.TakeRow(isLast, now))).Where(pair => pair.Row is not null).Select(pair => (pair.account, pair.Row!)),
        ];
        if (changed.Length == 0 && streams is null or { IsEmpty: true } && !(withStreams && _hadStreams))
        {
            return;
        }

        BudgetStoreException? problem = null;
        try
        {
            _store.Write([.. changed.Select(pair => pair.Row)], streams);
            _hadStreams = streams is { } all ? !all.IsEmpty : _hadStreams;
        }
        catch (BudgetStoreException exception)
        {
            problem = exception;
        }

        Array.ForEach(changed, pair => pair.Account.Written(pair.Row, problem is null));
        ReportStore(problem);
    }

    private void ReportStore(BudgetStoreException? problem)
    {
        _metrics.Written(problem is null);
        if (problem is not null && _ledger.Problem is null)
        {
            _logger.StoreFailed(problem.Message);
        }
        else if (problem is null && _ledger.Problem is not null)
        {
            _logger.StoreRecovered();
        }

        _ledger.OnWritten(problem?.Message);
    }
}
