// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Cagent.ControlPlane.Unix;
using Microsoft.Extensions.Logging;

namespace Cagent.ControlPlane.PolicySource;

/// <summary>
/// Follows a policy file and the files it depends on through writes, renames, links and replaced directories. Notifications make it
/// fast, polling makes it certain; equal content is no change. One enumeration at a time; the other members are thread safe.
/// </summary>
public sealed class PolicyFileWatcher
{
    /// <summary>The most dependencies that are followed; <see cref="SetDependencies"/> refuses more.</summary>
    public const int MaxDependencies = 256;

    private readonly string _path;
    private readonly PolicyFileWatcherOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<PolicyFileWatcher> _logger;
    private readonly PolicyFileReader _reader;

    // One slot: a signal says only "look again", so a second one adds nothing.
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private volatile Box _dependencies = new([]); // written by SetDependencies, read by the loop

    /// <summary>Watches nothing yet; <see cref="WatchAsync"/> does.</summary>
    public PolicyFileWatcher(string path, PolicyFileWatcherOptions options, TimeProvider time, ILogger<PolicyFileWatcher> logger)
    {
        _path = Path.GetFullPath(path);
        _options = options;
        _time = time;
        _logger = logger;
        _reader = new PolicyFileReader(options.MaxBytes, time);
    }

    /// <summary>The dependencies to follow from now on, as absolute paths. New ones are reported at once.</summary>
    /// <exception cref="ArgumentException">More than <see cref="MaxDependencies"/>.</exception>
    public void SetDependencies(IEnumerable<string> paths)
    {
        ImmutableSortedSet<string> set = paths.Select(Path.GetFullPath).ToImmutableSortedSet(StringComparer.Ordinal);
        if (set.Count > MaxDependencies)
        {
            throw new ArgumentException($"at most {MaxDependencies} files can be followed", nameof(paths));
        }
        _dependencies = new Box(set);
        Signal();
    }

    /// <summary>Looks at the files now, without waiting for a notification.</summary>
    public void Signal() => _wake.Writer.TryWrite(true);

    /// <summary>First the files as they are, also when missing; then every change of content, until cancelled.</summary>
    public async IAsyncEnumerable<PolicyFileChange> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using DirectoryNotifications notifications = new(Signal, _logger);
        PolicyFileChange? reported = null;
        bool stale = true; // watches may name directories that are no longer there
        while (true)
        {
            // Armed before reading: what changes in between is seen by one of the two.
            notifications.Arm(WatchPoints(), renew: stale);
            PolicyFileChange found = await ReadSettledAsync(reported, cancellationToken).ConfigureAwait(false);
            bool changed = reported is null || !found.SameContent(reported);
            if (changed)
            {
                reported = found;
                Log(found.Policy);
                yield return found;
            }
            stale = await WaitAsync(cancellationToken).ConfigureAwait(false) || changed;
        }
    }

    private ImmutableHashSet<WatchPoint> WatchPoints() =>
        LinkChain.Resolve(_dependencies.Paths.Add(_path));

    /// <summary>Reads all files; what vanished or became empty is read again after the settle time and only then believed.</summary>
    private async Task<PolicyFileChange> ReadSettledAsync(PolicyFileChange? before, CancellationToken cancellationToken)
    {
        PolicyFileChange found = await ReadAllAsync(cancellationToken).ConfigureAwait(false);
        if (before is null || !HasVanished(before, found))
        {
            return found;
        }
        await Task.Delay(_options.SettleTime, _time, cancellationToken).ConfigureAwait(false);
        return await ReadAllAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<PolicyFileChange> ReadAllAsync(CancellationToken cancellationToken)
    {
        PolicyFileReading policy = await _reader.ReadAsync(_path, cancellationToken).ConfigureAwait(false);
        ImmutableSortedDictionary<string, PolicyFileReading>.Builder dependencies =
            ImmutableSortedDictionary.CreateBuilder<string, PolicyFileReading>(StringComparer.Ordinal);
        foreach (string path in _dependencies.Paths)
        {
            dependencies[path] = await _reader.ReadAsync(path, cancellationToken).ConfigureAwait(false);
        }
        return new PolicyFileChange(policy, dependencies.ToImmutable());
    }

    private static bool HasVanished(PolicyFileChange before, PolicyFileChange now) =>
        HasVanished(before.Policy, now.Policy)
        || now.Dependencies.Any(pair => before.Dependencies.TryGetValue(pair.Key, out PolicyFileReading? old) && HasVanished(old, pair.Value));

    private static bool HasVanished(PolicyFileReading before, PolicyFileReading now) => before.Content.Length > 0 && now.Content.Length == 0;

    /// <summary>Waits for a burst of notifications to end (true) or for the next poll (false).</summary>
    private async Task<bool> WaitAsync(CancellationToken cancellationToken)
    {
        if (!await WaitForWakeAsync(_options.PollInterval, cancellationToken).ConfigureAwait(false))
        {
            return false;
        }
        long start = _time.GetTimestamp();
        DebounceWindow window = new(_options.Quiet, _options.MaxDelay);
        window.Signal(TimeSpan.Zero);
        while (window.Remaining(_time.GetElapsedTime(start)) is var remaining && remaining > TimeSpan.Zero)
        {
            if (await WaitForWakeAsync(remaining, cancellationToken).ConfigureAwait(false))
            {
                window.Signal(_time.GetElapsedTime(start));
            }
        }
        return true;
    }

    private async Task<bool> WaitForWakeAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        using CancellationTokenSource timeout = new(atMost, _time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return await _wake.Reader.ReadAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private void Log(PolicyFileReading policy)
    {
        if (policy.Problem is { } problem)
        {
            ControlPlaneLog.PolicyUnreadable(_logger, policy.Path, problem);
        }
        else
        {
            ControlPlaneLog.PolicyChanged(_logger, policy.Path, policy.Sha256);
        }
    }

    private sealed record Box(ImmutableSortedSet<string> Paths);
}
