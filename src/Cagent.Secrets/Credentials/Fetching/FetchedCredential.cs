// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.ControlPlane.Credentials;
using Polly;
using Polly.Retry;

namespace Cagent.Secrets.Credentials.Fetching;

/// <summary>
/// One credential that is fetched, from its first use by a policy to the last: asks its source, keeps the value, asks again before it ends,
/// and after a failure with growing, jittered pauses. One fetch at a time. <see cref="Read"/> takes no lock and does no I/O.
/// </summary>
internal sealed class FetchedCredential : IAsyncDisposable
{
    private readonly FetchedCredentialDefinition _definition;
    private readonly CredentialFetching _fetching;
    private readonly TimeProvider _time;
    private readonly string _source;
    private readonly Action _valueChanged;
    private readonly Action _healthChanged;
    private readonly ResiliencePipeline<FetchOutcome> _retry;
    private readonly CancellationTokenSource _stop = new(); // never disposed: who ends this may do so twice, and it has no timer
    private readonly ITimer _lapse;
    private readonly Lock _gate = new();
    private readonly Task _loop;
    private ImmutableArray<CredentialReading> _parts; // of Look, which the store calls under its own lock
    private CancellationTokenSource? _round;          // under _gate: cancels the pauses of this round, never a fetch under way
    private bool _isReported;                         // under _gate: whether the log's last word was that there is a value

    // Written by the loop, read by anyone.
    private volatile FetchState _state;

    /// <summary>Starts. The handlers are called by threads of its own and must not block.</summary>
    public FetchedCredential(FetchedCredentialDefinition definition, CredentialFetching fetching, Action valueChanged, Action healthChanged)
    {
        _definition = definition;
        _fetching = fetching;
        _time = fetching.Time;
        _source = fetching.SourceOf(definition);
        _valueChanged = valueChanged;
        _healthChanged = healthChanged;
        _parts = ReadParts();
        _state = new FetchState(Unavailable("its source has not answered yet"), default);
        _lapse = _time.CreateTimer(_ => OnLapsed(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _retry = new ResiliencePipelineBuilder<FetchOutcome> { TimeProvider = _time }.AddRetry(new RetryStrategyOptions<FetchOutcome>
        {
            MaxRetryAttempts = int.MaxValue,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Delay = fetching.Options.MinBackOff,
            MaxDelay = fetching.Options.MaxBackOff,
            ShouldHandle = arguments => ValueTask.FromResult(arguments.Outcome.Result is FetchOutcome.Failed),
            DelayGenerator = arguments => ValueTask.FromResult((arguments.Outcome.Result as FetchOutcome.Failed)?.RetryAfter is { } wish ? Bound(wish) : (TimeSpan?)null),
            OnRetry = arguments =>
            {
                Note((FetchOutcome.Failed)arguments.Outcome.Result!, arguments.RetryDelay);
                return ValueTask.CompletedTask;
            },
        }).Build();
        _loop = Task.Run(RunAsync);
    }

    public CredentialHealth Health => _state.HealthAt(_time.GetUtcNow(), _definition.Name, _source);

    public CredentialReading Read() => _state.ReadAt(_time.GetUtcNow());

    /// <summary>Looks whether what the fetch needs has changed, a login's secret for one, and if so asks again at once.</summary>
    public void Look()
    {
        ImmutableArray<CredentialReading> now = ReadParts();
        bool isSame = now.Length == _parts.Length && now.Zip(_parts).All(pair => PlainCredential.IsSame(pair.First, pair.Second));
        _parts = now;
        if (!isSame)
        {
            lock (_gate)
            {
                _ = _round?.CancelAsync(); // elsewhere: what it continues must not run under the caller's lock
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _lapse.DisposeAsync().ConfigureAwait(false);
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            using CancellationTokenSource round = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            lock (_gate)
            {
                _round = round;
            }

            try
            {
                // A fetch under way is not cut short by a round's end: a source that gives each value once would have given one to nobody.
                FetchOutcome outcome = await _retry.ExecuteAsync(async _ => await _fetching.FetchAsync(_definition, _stop.Token).ConfigureAwait(false), round.Token).ConfigureAwait(false);
                if (outcome is FetchOutcome.Fetched fetched)
                {
                    await Task.Delay(Take(fetched), _time, round.Token).ConfigureAwait(false);
                }
            }
            catch (OperationCanceledException)
            {
                // Stopped, or told to ask again at once.
            }
            finally
            {
                lock (_gate)
                {
                    _round = null;
                }
            }
        }
    }

    /// <summary>Keeps a value; the answer is how long to wait for the next.</summary>
    private TimeSpan Take(FetchOutcome.Fetched fetched)
    {
        DateTimeOffset now = _time.GetUtcNow();
        FetchState before = _state;
        DateTimeOffset until = RefreshSchedule.UsableUntil(fetched, _definition, now);
        TimeSpan wait = RefreshSchedule.NextFetch(fetched, until, now);
        bool isSame = before.ReadAt(now).Value?.HasValueOf(fetched.Value) == true;
        _state = new FetchState(isSame ? before.Reading : CredentialReading.Available(fetched.Value) with { Definition = _definition }, until)
        {
            Lapsed = Unavailable(until == fetched.ExpiresAt ? "its value has ended, and its source gives no new one" : "its source has not answered for longer than max_stale"),
            LastSuccess = now,
            ExpiresAt = fetched.ExpiresAt,
            NextAttempt = now + wait,
        };
        _lapse.Change(until - now, Timeout.InfiniteTimeSpan);
        if (before.Failures > 0)
        {
            SecretsLog.FetchRecovered(_fetching.Logger, _definition.Name, _source, before.Failures);
        }

        Report(isAvailable: true, wasKnown: before.LastSuccess is not null, "");
        if (!isSame)
        {
            _valueChanged();
        }

        _healthChanged();
        return wait;
    }

    private void Note(FetchOutcome.Failed failed, TimeSpan delay)
    {
        DateTimeOffset now = _time.GetUtcNow();
        FetchState before = _state;
        bool hadValue = before.ReadAt(now).Value is not null;
        bool keeps = hadValue && !failed.Withdraws;
        _state = before with
        {
            Reading = keeps ? before.Reading : Unavailable(failed.Problem),
            Lapsed = keeps ? before.Lapsed : null,
            Failures = before.Failures + 1,
            Problem = failed.Problem,
            NextAttempt = now + delay,
        };
        if (keeps && before.Problem != failed.Problem)
        {
            SecretsLog.FetchFailed(_fetching.Logger, _definition.Name, _source, failed.Problem, before.UsableUntil);
        }
        else if (!keeps)
        {
            Report(isAvailable: false, wasKnown: true, failed.Problem, isNews: before.Problem != failed.Problem);
        }

        if (hadValue && !keeps)
        {
            _valueChanged();
        }

        _healthChanged();
    }

    private void OnLapsed()
    {
        FetchState state = _state;
        DateTimeOffset now = _time.GetUtcNow();
        if (state.Lapsed is not null && now < state.UsableUntil)
        {
            _lapse.Change(state.UsableUntil - now + TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan); // timers and clocks need not agree
        }
        else if (state.Lapsed is { } lapsed)
        {
            Report(isAvailable: false, wasKnown: true, $"{lapsed.Problem}: {state.Problem ?? "no answer yet"}");
            _valueChanged();
            _healthChanged();
        }
    }

    /// <summary>The log has one line for each change, and one for each new reason.</summary>
    private void Report(bool isAvailable, bool wasKnown, string problem, bool isNews = false)
    {
        lock (_gate)
        {
            if (_isReported != isAvailable || isNews)
            {
                _isReported = isAvailable;
                if (isAvailable)
                {
                    SecretsLog.CredentialAvailable(_fetching.Logger, _definition.Name, wasKnown);
                }
                else
                {
                    SecretsLog.CredentialUnavailable(_fetching.Logger, _definition.Name, problem);
                }
            }
        }
    }

    private TimeSpan Bound(TimeSpan wish) =>
        wish < _fetching.Options.MinBackOff ? _fetching.Options.MinBackOff : wish > _fetching.Options.MaxBackOff ? _fetching.Options.MaxBackOff : wish;

    private CredentialReading Unavailable(string problem) => CredentialReading.Unavailable(problem) with { Definition = _definition };

    private ImmutableArray<CredentialReading> ReadParts() => [.. _definition.GetParts().Select(part => PlainCredential.Read(part, out _))];
}
