// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;
using Polly;
using Polly.CircuitBreaker;

namespace Cagent.Secrets.Credentials.Fetching;

/// <summary>One server or program: how many fetches it gets at a time, and its circuit breaker. Thread safe.</summary>
internal sealed class FetchTarget : IDisposable
{
    private readonly SemaphoreSlim _places;
    private readonly ResiliencePipeline<FetchOutcome> _breaker;

    public FetchTarget(string name, CredentialFetchOptions options, TimeProvider time, ILogger logger)
    {
        _places = new SemaphoreSlim(options.MaxFetchesOfOneTarget);
        _breaker = new ResiliencePipelineBuilder<FetchOutcome> { TimeProvider = time }.AddCircuitBreaker(new CircuitBreakerStrategyOptions<FetchOutcome>
        {
            // In a row: one success within the window keeps it closed.
            FailureRatio = 1,
            MinimumThroughput = options.BreakAfter,
            SamplingDuration = options.BreakWindow,
            BreakDuration = options.BreakFor,
            ShouldHandle = arguments => ValueTask.FromResult(arguments.Outcome.Result is FetchOutcome.Failed { Failure: FetchFailure.Unreachable or FetchFailure.TimedOut or FetchFailure.Unavailable }),
            OnOpened = arguments =>
            {
                SecretsLog.CircuitOpened(logger, name, (long)arguments.BreakDuration.TotalSeconds);
                return ValueTask.CompletedTask;
            },
            OnClosed = _ =>
            {
                SecretsLog.CircuitClosed(logger, name);
                return ValueTask.CompletedTask;
            },
        }).Build();
    }

    /// <summary>Fetches, or says that the circuit is open. Waits for a place first.</summary>
    public async Task<FetchOutcome> RunAsync(Func<CancellationToken, Task<FetchOutcome>> fetch, CancellationToken cancellationToken)
    {
        await _places.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await _breaker.ExecuteAsync(async token => await fetch(token).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        }
        catch (BrokenCircuitException broken)
        {
            return new FetchOutcome.Failed(FetchFailure.CircuitOpen, "its source has failed again and again and is left alone for a while") { RetryAfter = broken.RetryAfter };
        }
        finally
        {
            _places.Release();
        }
    }

    public void Dispose() => _places.Dispose();
}
