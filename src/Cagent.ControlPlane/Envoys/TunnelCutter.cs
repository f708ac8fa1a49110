// SPDX-License-Identifier: Apache-2.0
using Cagent.Compiler.Envoy;
using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using Microsoft.Extensions.Logging;

namespace Cagent.ControlPlane.Envoys;

/// <summary>
/// Ends the open tunnels of entries that a policy took away. It only ends streams: that no new ones open is the work of routes and
/// ext_authz, so call it when Envoy has acknowledged those. The request makes Envoy mark the cluster's host failed, which closes its
/// connections on all workers within 0.1 s (measured, with a <c>delayed_close_timeout</c> of 0.1 s). Thread safe.
/// </summary>
public sealed class TunnelCutter : IAsyncDisposable
{
    /// <summary>The header that names the cluster to the pipe <c>cut</c>.</summary>
    public const string Header = EnvoyNames.CutHeader;

    private const int StatsBatch = 64;
    private const int MaxFailures = 5;
    private const int MaxBackgroundCuts = 32;
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(2);

    private readonly EnvoyAdminClient _admin;
    private readonly HttpClient _cut;
    private readonly TunnelCutterOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<TunnelCutter> _logger;
    private readonly CancellationTokenSource _disposed = new();
    private readonly ConcurrentDictionary<Task, bool> _background = []; // calls that outlived their deadline; at most MaxBackgroundCuts

    /// <summary>A cutter for the Envoy with this pipe and this admin interface (which stays the caller's to dispose).</summary>
    public TunnelCutter(
        string cutSocketPath, EnvoyAdminClient admin, TunnelCutterOptions options, TimeProvider time, ILogger<TunnelCutter> logger)
    {
        _cut = UnixHttp.CreateClient(cutSocketPath, RequestTimeout, maxResponseBytes: 64 * 1024);
        _admin = admin;
        _options = options;
        _time = time;
        _logger = logger;
    }

    /// <summary>Cuts and waits until everything is closed or the deadline; then the rest goes on in the background.</summary>
    /// <param name="targets">The clusters.</param>
    /// <param name="isInUse">
    /// Whether policy allows the entry now, asked at each step from any thread: an entry may come back while its old tunnels are
    /// being ended, and its new ones must live.
    /// </param>
    /// <param name="cancellationToken">Ends the wait, not the cutting.</param>
    public async Task<ImmutableArray<TunnelCut>> CutAsync(IEnumerable<TunnelTarget> targets, Func<TunnelTarget, bool> isInUse, CancellationToken cancellationToken)
    {
        ImmutableArray<TunnelCutProgress> all = [.. targets.Distinct().Select(target => new TunnelCutProgress(target))];
        if (all.IsEmpty)
        {
            return [];
        }
        long start = _time.GetTimestamp();
        ConcurrentDictionary<TunnelTarget, TunnelCut> results = [];
        Task work = Task.Run(() => WorkAsync(all, isInUse, results, start, _disposed.Token), CancellationToken.None);
        await Task.WhenAny(work, Task.Delay(_options.Deadline, _time, cancellationToken)).ConfigureAwait(false);
        if (!work.IsCompleted)
        {
            KeepInBackground(work);
        }
        cancellationToken.ThrowIfCancellationRequested();

        TimeSpan elapsed = _time.GetElapsedTime(start);
        return [.. all.Select(progress => results.TryGetValue(progress.Target, out TunnelCut? cut) ? cut : Remaining(progress, elapsed))];
    }

    /// <summary>Ends what goes on in the background.</summary>
    public async ValueTask DisposeAsync()
    {
        await _disposed.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_background.Keys).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _cut.Dispose();
        _disposed.Dispose();
    }

    private TunnelCut Remaining(TunnelCutProgress progress, TimeSpan elapsed)
    {
        ControlPlaneLog.TunnelsRemain(_logger, progress.Open, progress.Target.Cluster, (long)elapsed.TotalMilliseconds);
        return new TunnelCut(progress.Target, TunnelCutOutcome.Pending, progress.MostOpen, elapsed);
    }

    private void KeepInBackground(Task work)
    {
        // Each ends after GiveUpAfter by itself; the bound only limits what disposing waits for.
        if (_background.Count < MaxBackgroundCuts && _background.TryAdd(work, true))
        {
            _ = work.ContinueWith(done => _background.TryRemove(done, out _), TaskScheduler.Default);
        }
    }

    private async Task WorkAsync(
        ImmutableArray<TunnelCutProgress> all,
        Func<TunnelTarget, bool> isInUse,
        ConcurrentDictionary<TunnelTarget, TunnelCut> results,
        long start,
        CancellationToken stop)
    {
        List<TunnelCutProgress> pending = [.. all];
        int failures = 0;
        while (pending.Count > 0 && !stop.IsCancellationRequested)
        {
            bool isReached = await TryRoundAsync(pending, isInUse, stop).ConfigureAwait(false);
            failures = isReached ? 0 : failures + 1;
            TimeSpan elapsed = _time.GetElapsedTime(start);
            bool isOver = failures >= MaxFailures || elapsed >= _options.GiveUpAfter;
            foreach (TunnelCutProgress progress in pending.Where(progress => isOver || progress.Outcome is not null))
            {
                TunnelCutOutcome outcome = progress.Outcome ?? (isReached ? TunnelCutOutcome.Pending : TunnelCutOutcome.Unreachable);
                results[progress.Target] = Report(progress, outcome, elapsed);
            }
            pending.RemoveAll(progress => isOver || progress.Outcome is not null);
            if (pending.Count > 0)
            {
                await Task.Delay(_options.PollInterval, _time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Counts the tunnels of all pending clusters and sends the cuts that this calls for.</summary>
    private async Task<bool> TryRoundAsync(List<TunnelCutProgress> pending, Func<TunnelTarget, bool> isInUse, CancellationToken stop)
    {
        try
        {
            foreach (TunnelCutProgress[] batch in pending.Chunk(StatsBatch))
            {
                FrozenDictionary<string, long> stats =
                    await _admin.StatsAsync(TunnelCounts.Filter(batch.Select(progress => progress.Target)), stop).ConfigureAwait(false);
                TunnelTarget[] due =
                [
                    .. batch.Where(progress => progress.Observe(TunnelCounts.Of(progress.Target, stats), isInUse(progress.Target))).Select(progress => progress.Target),
                ];
                ParallelOptions parallel = new() { MaxDegreeOfParallelism = _options.Parallelism, CancellationToken = stop };
                await Parallel.ForEachAsync(due, parallel, SendAsync).ConfigureAwait(false);
            }
            return true;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or System.Text.Json.JsonException)
        {
            return false;
        }
    }

    private async ValueTask SendAsync(TunnelTarget target, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, "/");
        request.Headers.TryAddWithoutValidation(Header, target.Cluster);
        // The answer's status says only who answered: 503 from the host's plain-text chain. The counters tell whether it worked.
        using HttpResponseMessage response = await _cut.SendAsync(request, cancellationToken).ConfigureAwait(false);
    }

    private TunnelCut Report(TunnelCutProgress progress, TunnelCutOutcome outcome, TimeSpan elapsed)
    {
        if (outcome == TunnelCutOutcome.Ended)
        {
            ControlPlaneLog.TunnelsCut(_logger, progress.MostOpen, progress.Target.Cluster, (long)elapsed.TotalMilliseconds);
        }
        else if (outcome == TunnelCutOutcome.Pending)
        {
            ControlPlaneLog.TunnelsNotCut(_logger, progress.Open, progress.Target.Cluster, (long)elapsed.TotalMilliseconds);
        }
        return new TunnelCut(progress.Target, outcome, progress.MostOpen, elapsed);
    }
}
