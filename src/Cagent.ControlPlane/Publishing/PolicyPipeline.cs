// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Threading.Channels;
using Cagent.ControlPlane.PolicySource;
using Cagent.ControlPlane.Quarantine;
using Cagent.ControlPlane.Revisions;
using Cagent.Policy.Diagnostics;
using Cagent.Xds;
using Cagent.Xds.Nodes;
using Cagent.Xds.Resources;
using Microsoft.Extensions.Logging;

namespace Cagent.ControlPlane.Publishing;

/// <summary>
/// One loop from policy file to revision in force. A file that does not load, and a revision that an Envoy refuses,
/// change nothing but the status: the last good one serves.
/// </summary>
/// <remarks>Entries that end at a moment are in <c>.Expiry</c>, agents that an operator stops in <c>.Quarantine</c>.</remarks>
public sealed partial class PolicyPipeline : IDisposable
{
    private const int MaxNacks = 16;
    private static readonly TimeSpan EffectLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan SettlePause = TimeSpan.FromMilliseconds(20);

    // Also bounds how late an entry goes when somebody sets the clock forward.
    private static readonly TimeSpan LongestExpiryWait = TimeSpan.FromMinutes(1);

    private readonly string _file;
    private readonly ImmutableArray<string> _overlays;
    private readonly RevisionBuilder _builder;
    private readonly RevisionPublisher _publisher;
    private readonly PolicyFileWatcher _watcher;
    private readonly XdsServer _xds;
    private readonly LastGoodStore _store;
    private readonly RejectedRevisions _rejected;
    private readonly QuarantineList _quarantine;
    private readonly TimeProvider _time;
    private readonly ILogger<PolicyPipeline> _logger;

    // Waits when full: the watcher coalesces, and a NACK that found no room is still in the status of its node.
    private readonly Channel<PipelineEvent> _events = Channel.CreateBounded<PipelineEvent>(new BoundedChannelOptions(64) { SingleReader = true });
    private volatile PolicyStatus _status; // written by the loop
    private Revision? _lastGood;           // the loop's own, as are the next three
    private PolicyFileReading? _reading;
    private bool _isNewContent;
    private ImmutableArray<string> _dependencies = []; // of the policy that loaded last
    private CancellationTokenSource? _settling;
    private ITimer? _expiry; // of the revision in force

    /// <summary>A pipeline for one policy file; nothing is read yet.</summary>
    public PolicyPipeline(
        string file,
        ImmutableArray<string> overlays,
        RevisionBuilder builder,
        RevisionPublisher publisher,
        PolicyFileWatcher watcher,
        XdsServer xds,
        LastGoodStore store,
        RejectedRevisions rejected,
        QuarantineList quarantine,
        TimeProvider time,
        ILogger<PolicyPipeline> logger)
    {
        _file = file;
        _overlays = [.. overlays.Select(Path.GetFullPath)];
        _builder = builder;
        _publisher = publisher;
        _watcher = watcher;
        _xds = xds;
        _store = store;
        _rejected = rejected;
        _quarantine = quarantine;
        _time = time;
        _logger = logger;
        _status = new PolicyStatus(PolicyState.Starting, file, null, null, [], [], time.GetUtcNow());
    }

    /// <summary>After <see cref="Status"/> changed, on the loop.</summary>
    public event Action<PolicyStatus>? StatusChanged;

    /// <summary>The policy as it stands. One volatile load.</summary>
    public PolicyStatus Status => _status;

    /// <summary>
    /// Reads the file for the first time and publishes it or, when it does not load or was refused before, the last good
    /// revision of an earlier run. False when there is neither: <see cref="Status"/> says what is wrong.
    /// </summary>
    public async Task<bool> StartAsync(CancellationToken cancellationToken)
    {
        // Before anything is published: an Envoy that waits may answer before the loop runs.
        _xds.Nacked += OnNacked;
        PolicyFileReader reader = new(new PolicyFileWatcherOptions().MaxBytes, _time);
        PolicyFileReading reading = await reader.ReadAsync(_file, cancellationToken).ConfigureAwait(false);
        // What runs may be from before an agent was stopped: then its streams end now.
        if (RestoreLastGood(QuarantineList.None) is { } running)
        {
            _publisher.AssumeRunning(running);
            _lastGood = _quarantine.Names.Count == 0 ? running : RestoreLastGood(_quarantine);
        }

        Take(new PolicyFileChange(reading, ImmutableSortedDictionary<string, PolicyFileReading>.Empty));
        if (_publisher.Current is null && _lastGood is not null)
        {
            ControlPlaneLog.ServingLastGood(_logger, _lastGood.Id.ShortForm);
            _publisher.Publish(_lastGood);
            AwaitExpiry(_lastGood);
            Enter(_status with { Revision = _lastGood.Id });
        }

        return _publisher.Current is not null;
    }

    /// <summary>Follows the file until cancelled. Ends with an exception when it cannot go on: then changes are not followed any more.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        Task watching = WatchAsync(cancellationToken);
        try
        {
            await foreach (PipelineEvent next in _events.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                Handle(next);
            }
        }
        catch (OperationCanceledException)
        {
            // The end of the process: whatever was settling is not saved, the file is read again at the next start.
        }
        finally
        {
            await (_settling?.CancelAsync() ?? Task.CompletedTask).ConfigureAwait(false);
            await watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _xds.Nacked -= OnNacked;
        _settling?.Dispose();
        _expiry?.Dispose();
    }

    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (PolicyFileChange change in _watcher.WatchAsync(cancellationToken).ConfigureAwait(false))
            {
                await _events.Writer.WriteAsync(new PipelineEvent.FileChanged(change), cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Ends the loop, and with it the process: a policy that nobody follows any more must not go on unseen.
            _events.Writer.TryComplete(exception);
        }
    }

    private void OnNacked(NackReport report) => _events.Writer.TryWrite(new PipelineEvent.Nacked(report));

    private void Handle(PipelineEvent next)
    {
        switch (next)
        {
            case PipelineEvent.FileChanged changed:
                Take(changed.Change);
                break;
            case PipelineEvent.ExpiryDue:
                Expire();
                break;
            case PipelineEvent.QuarantineChanged changed:
                ApplyQuarantine(changed.Done);
                break;
            case PipelineEvent.Nacked nacked:
                Reject(nacked.Report);
                break;
            case PipelineEvent.Settled settled when settled.Revision.Id == _publisher.Current?.Id:
                Keep(settled.Revision, settled.Elapsed);
                break;
            default:
                break; // a revision that was replaced before it had settled
        }
    }

    /// <summary>A new content of the files. What the watcher does not follow yet is read now; it looks again once it does.</summary>
    private void Take(PolicyFileChange change)
    {
        PolicyFileReading reading = change.Policy;
        _isNewContent = _reading is null || reading.Sha256 != _reading.Sha256 || reading.Problem != _reading.Problem;
        _reading = reading;
        if (reading.Problem is { } problem)
        {
            Diagnostic diagnostic = new(DiagnosticCodes.UnreadableFile, DiagnosticSeverity.Error, $"the policy file {problem}", new SourceLocation(_file, 1, 1), null, null);
            Refuse([diagnostic]);
            return;
        }

        RevisionBuildResult built = _builder.Build(_file, reading.Content, _overlays, path =>
            change.Dependencies.TryGetValue(path, out PolicyFileReading? settled) ? DependencyReading.From(settled) : DependencyReading.FromDisk(path), _publisher.Current);
        if (built.Revision is null)
        {
            // A text that does not parse names no files; to forget those of before would be one more change to look at.
            _watcher.SetDependencies(built.Dependencies.Concat(_dependencies).Distinct(StringComparer.Ordinal).Take(PolicyFileWatcher.MaxDependencies));
            Refuse(built.Diagnostics);
            return;
        }

        _dependencies = built.Dependencies;
        _watcher.SetDependencies(_dependencies);
        bool isRepeated = IsRepeated(built.Diagnostics);
        Publish(built.Revision, [.. built.Diagnostics.Select(diagnostic => diagnostic.ToString())]);
        if (!isRepeated)
        {
            DiagnosticLog.Write(_logger, _file, built.Diagnostics); // last: nobody waits for it, and a thousand entries may have as many warnings
        }
    }

    private void Refuse(ImmutableArray<Diagnostic> diagnostics)
    {
        if (_status.State == PolicyState.Invalid && IsRepeated(diagnostics))
        {
            return;
        }

        if (!IsRepeated(diagnostics))
        {
            DiagnosticLog.Write(_logger, _file, diagnostics);
        }

        if (_publisher.Current is { } current)
        {
            ControlPlaneLog.PolicyNotLoaded(_logger, _file, current.Id.ShortForm);
        }

        Enter(_status with { State = PolicyState.Invalid, Refused = null, Diagnostics = [.. diagnostics.Select(diagnostic => diagnostic.ToString())] });
    }

    /// <summary>The first reading of a watch repeats that of the start, and one after new files are followed that of the policy.</summary>
    private bool IsRepeated(ImmutableArray<Diagnostic> diagnostics) =>
        !_isNewContent && diagnostics.Select(diagnostic => diagnostic.ToString()).SequenceEqual(_status.Diagnostics);

    private void Publish(Revision revision, ImmutableArray<string> diagnostics)
    {
        // Without anything better the refused one is offered again: its good parts serve, and the cause may be gone.
        if (_rejected.Contains(revision.Id) && (_publisher.Current ?? _lastGood) is { } other && other.Id != revision.Id)
        {
            ControlPlaneLog.RevisionRejectedBefore(_logger, revision.Id.ShortForm);
            Enter(_status with { State = PolicyState.Rejected, Refused = revision.Id, Diagnostics = diagnostics });
            return;
        }

        if (revision.Id == _publisher.Current?.Id)
        {
            // Only comments or layout changed, a bad edit was taken back, or the first reading of a watch repeats that of the start.
            bool isRefused = _rejected.Contains(revision.Id);
            PolicyState state = _lastGood?.Id == revision.Id ? PolicyState.Effective : isRefused ? PolicyState.Rejected : PolicyState.Publishing;
            Enter(_status with { State = state, Refused = isRefused ? revision.Id : null, Diagnostics = diagnostics });
            return;
        }

        _rejected.Remove(revision.Id); // offered again: what Envoys say now counts
        Enter(_status with { State = PolicyState.Publishing, Revision = revision.Id, Refused = null, Diagnostics = diagnostics });
        Send(revision);
    }

    private void Send(Revision revision)
    {
        _publisher.Publish(revision);
        ControlPlaneLog.RevisionPublished(_logger, revision.Id.ShortForm, revision.Compiled.Ir.Entries.Length);
        AwaitExpiry(revision);
        _settling?.Cancel();
        _settling?.Dispose();
        _settling = new CancellationTokenSource();
        _ = SettleAsync(revision, _settling.Token);
    }

    /// <summary>
    /// Reports when every Envoy has accepted a revision. Asks again after a pause: without an Envoy, or before one has
    /// asked for a type, there is nothing to wait for and the answer comes at once.
    /// </summary>
    private async Task SettleAsync(Revision revision, CancellationToken cancellationToken)
    {
        long start = _time.GetTimestamp();
        bool isReported = false;
        try
        {
            while (!await _publisher.WaitUntilEffectiveAsync(revision.Id, EffectLimit, cancellationToken).ConfigureAwait(false))
            {
                if (!isReported && !_xds.Nodes.IsEmpty && _time.GetElapsedTime(start) >= EffectLimit)
                {
                    isReported = true;
                    ControlPlaneLog.RevisionSlow(_logger, revision.Id.ShortForm, (long)EffectLimit.TotalSeconds);
                }

                await Task.Delay(SettlePause, _time, cancellationToken).ConfigureAwait(false);
            }

            await _events.Writer.WriteAsync(new PipelineEvent.Settled(revision, _time.GetElapsedTime(start)), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is OperationCanceledException or ChannelClosedException)
        {
            // A newer revision settles instead, or the loop has ended.
        }
    }

    private void Keep(Revision revision, TimeSpan elapsed)
    {
        ControlPlaneLog.RevisionEffective(_logger, revision.Id.ShortForm, _xds.Nodes.Length, (long)elapsed.TotalMilliseconds);
        _lastGood = revision;
        _rejected.Remove(revision.Id);
        _store.TrySave(new LastGoodRevision(revision.Id, revision.FileName, _time.GetUtcNow(), revision.Policy, revision.Dependencies) { Overlays = revision.Overlays });
        if (_status.State == PolicyState.Publishing)
        {
            Enter(_status with { State = PolicyState.Effective });
        }
        else if (_status.Refused == revision.Id)
        {
            Enter(_status with { State = PolicyState.Effective, Refused = null });
        }
    }

    /// <summary>Back to the last good revision, if the refused content is ours and there is one.</summary>
    private void Reject(NackReport report)
    {
        ImmutableArray<NackReport> nacks = [.. _status.Nacks.TakeLast(MaxNacks - 1), report];
        Revision? current = _publisher.Current;
        ControlPlaneLog.Nacked(_logger, report.Node.Id, report.TypeUrl, string.Join(", ", report.Suspects), report.Text);
        if (current is null || !IsOfPolicy(report, current, _lastGood) || current.Id == _lastGood?.Id)
        {
            Enter(_status with { Nacks = nacks });
            return;
        }

        _rejected.Add(current.Id);
        Enter(_status with { State = PolicyState.Rejected, Revision = _lastGood?.Id ?? current.Id, Refused = current.Id, Nacks = nacks });
        if (_lastGood is { } good)
        {
            ControlPlaneLog.ServingLastGood(_logger, good.Id.ShortForm);
            Send(good);
        }
    }

    /// <summary>
    /// Whether the revision in force still holds what was refused; it may be newer than the one that the response was made from.
    /// Listeners are the deployment's (a taken port, for example), unless the last good policy has other ones: agents are written in them.
    /// </summary>
    private static bool IsOfPolicy(NackReport report, Revision current, Revision? lastGood) =>
        (report.TypeUrl != XdsType.Listener.TypeUrl || (lastGood is not null && report.Suspects.Any(name => IsOther(name, current, lastGood))))
        && report.Suspects.Zip(report.SuspectVersions).Any(suspect =>
            current.Snapshot.Of(report.TypeUrl).TryGet(suspect.First, out XdsResource? offered) && offered.Version == suspect.Second);

    private static bool IsOther(string listener, Revision current, Revision lastGood) =>
        !current.Snapshot.Of(XdsType.Listener.TypeUrl).TryGet(listener, out XdsResource? now)
        || !lastGood.Snapshot.Of(XdsType.Listener.TypeUrl).TryGet(listener, out XdsResource? good) || now.Version != good.Version;

    private Revision? RestoreLastGood(QuarantineList quarantine)
    {
        if (_store.Load() is not { } kept)
        {
            return null;
        }

        RevisionBuildResult built = _builder.Build(kept.FileName, kept.Policy, kept.Overlays, path =>
            kept.Dependencies.TryGetValue(path, out ImmutableArray<byte> content) ? new DependencyReading(content, null) : new DependencyReading(default, "was not kept"), quarantine: quarantine);
        if (built.Revision is null)
        {
            // An older build kept what this one refuses.
            ControlPlaneLog.LastGoodDoesNotLoad(_logger, kept.Id.ShortForm);
        }

        return built.Revision;
    }

    private void Enter(PolicyStatus status)
    {
        _status = status with { Since = _time.GetUtcNow() };
        StatusChanged?.Invoke(_status);
    }
}
