// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Collections.Immutable;
using Cagent.ControlPlane.Credentials;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Timeout;

namespace Cagent.Secrets.Credentials.Fetching;

/// <summary>
/// Runs fetches: bounded in number, in all and for each server or program; bounded in time; through a circuit breaker; counted. Failures of
/// any kind are outcomes. Thread safe.
/// </summary>
internal sealed class CredentialFetching : IDisposable
{
    private readonly ImmutableArray<ICredentialFetcher> _fetchers;
    private readonly SemaphoreSlim _places;
    private readonly ILogger<CredentialFetching> _logger;

    // One for each server or program that a policy has named since the start; policies name few.
    private readonly ConcurrentDictionary<string, FetchTarget> _targets = new(StringComparer.Ordinal);

    public CredentialFetching(IEnumerable<ICredentialFetcher> fetchers, CredentialFetchOptions options, TimeProvider time, CredentialMetrics metrics, ILogger<CredentialFetching> logger)
    {
        _fetchers = [.. fetchers];
        Options = options;
        Time = time;
        Metrics = metrics;
        _logger = logger;
        _places = new SemaphoreSlim(options.MaxFetches);
    }

    public CredentialFetchOptions Options { get; }

    public TimeProvider Time { get; }

    public CredentialMetrics Metrics { get; }

    public ILogger Logger => _logger;

    /// <summary>The kind of source, as the policy calls it.</summary>
    public string SourceOf(FetchedCredentialDefinition definition) => Find(definition)?.Source ?? "unknown";

    /// <summary>Asks once.</summary>
    public async Task<FetchOutcome> FetchAsync(FetchedCredentialDefinition definition, CancellationToken cancellationToken)
    {
        if (Find(definition) is not { } fetcher)
        {
            return new FetchOutcome.Failed(FetchFailure.Invalid, "this build does not know the credential's source");
        }

        string target = $"{fetcher.Source} {fetcher.TargetOf(definition)}";
        FetchTarget place = _targets.GetOrAdd(target, name => new FetchTarget(name, Options, Time, _logger));
        FetchOutcome outcome = await place.RunAsync(token => FetchInTimeAsync(fetcher, definition, token), cancellationToken).ConfigureAwait(false);
        if (outcome is FetchOutcome.Failed { Failure: FetchFailure.CircuitOpen })
        {
            Metrics.Fetched(fetcher.Source, outcome, TimeSpan.Zero);
        }

        return outcome;
    }

    /// <summary>The credentials of the policy in force: what is kept for others goes.</summary>
    public void Retain(IReadOnlyCollection<FetchedCredentialDefinition> definitions)
    {
        foreach (ICredentialFetcher fetcher in _fetchers)
        {
            fetcher.Retain([.. definitions.Where(fetcher.CanFetch)]);
        }
    }

    public void Dispose()
    {
        foreach (FetchTarget target in _targets.Values)
        {
            target.Dispose();
        }

        _places.Dispose();
    }

    private ICredentialFetcher? Find(FetchedCredentialDefinition definition)
    {
        foreach (ICredentialFetcher fetcher in _fetchers)
        {
            if (fetcher.CanFetch(definition))
            {
                return fetcher;
            }
        }

        return null;
    }

    private async Task<FetchOutcome> FetchInTimeAsync(ICredentialFetcher fetcher, FetchedCredentialDefinition definition, CancellationToken cancellationToken)
    {
        await _places.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            long start = Time.GetTimestamp();
            FetchOutcome outcome = await TryAsync(fetcher, definition, cancellationToken).ConfigureAwait(false);
            Metrics.Fetched(fetcher.Source, outcome, Time.GetElapsedTime(start));
            return outcome;
        }
        finally
        {
            _places.Release();
        }
    }

    private async Task<FetchOutcome> TryAsync(ICredentialFetcher fetcher, FetchedCredentialDefinition definition, CancellationToken cancellationToken)
    {
        TimeSpan limit = fetcher.TimeoutOf(definition);
        try
        {
            ResiliencePipeline timeout = new ResiliencePipelineBuilder { TimeProvider = Time }.AddTimeout(limit).Build();
            FetchOutcome outcome = await timeout.ExecuteAsync(async token => await fetcher.FetchAsync(definition, token).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
            return outcome is FetchOutcome.Fetched { ExpiresAt: { } end } && end <= Time.GetUtcNow()
                ? new FetchOutcome.Failed(FetchFailure.Invalid, "the source gave a value that has ended already; compare its clock with ours")
                : outcome;
        }
        catch (TimeoutRejectedException)
        {
            return new FetchOutcome.Failed(FetchFailure.TimedOut, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"no answer within {limit.TotalSeconds:0.###} s"));
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // A bug of a fetcher must not end the following of a credential. Its message may hold anything, so the type alone is told.
            SecretsLog.FetcherFailed(_logger, definition.Name, exception.GetType().Name);
            return new FetchOutcome.Failed(FetchFailure.Invalid, $"the source failed with {exception.GetType().Name}");
        }
    }
}
