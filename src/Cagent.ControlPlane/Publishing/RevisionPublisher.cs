// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using Cagent.Compiler.Envoy;
using Cagent.Compiler.Lowering;
using Cagent.ControlPlane.Credentials;
using Cagent.ControlPlane.Envoys;
using Cagent.ControlPlane.Revisions;
using Cagent.Xds;
using Cagent.Xds.Resources;
using Microsoft.Extensions.Logging;

namespace Cagent.ControlPlane.Publishing;

/// <summary>
/// Puts a revision in force, whole: credentials, then decisions, then Envoy, then the end of tunnels that it no longer
/// allows. Between the steps ext_authz is the stricter side, so no order of arrival opens anything. One caller at a time.
/// </summary>
public sealed class RevisionPublisher : IRevisionSource, IAsyncDisposable
{
    /// <summary>How long the cut waits for Envoy's new routes: an ACK may come late or never (envoy-dynamics, rule S1).</summary>
    private static readonly TimeSpan RouteAckLimit = TimeSpan.FromSeconds(1);

    /// <summary>Longer than the gate waits for the first bytes of a tunnel, from a cut that has ended.</summary>
    private static readonly TimeSpan LateTunnels = TimeSpan.FromSeconds(7);

    /// <summary>The types that every Envoy asks for.</summary>
    private static readonly ImmutableArray<string> Always = [XdsType.Cluster.TypeUrl, XdsType.Listener.TypeUrl, XdsType.Routes.TypeUrl];

    private readonly XdsServer _xds;
    private readonly ICredentialStore _credentials;
    private readonly TunnelCutter? _cutter;
    private readonly TimeProvider _time;
    private readonly ILogger<RevisionPublisher> _logger;
    private readonly CancellationTokenSource _disposed = new();
    private readonly ConcurrentDictionary<Task, bool> _revoking = []; // each ends by itself: RouteAckLimit and the cutter bound it
    private volatile Revision? _current;                               // written by Publish, read by anyone
    private Revision? _assumed;                                        // used once, by the first Publish
    private readonly ConcurrentDictionary<Task, bool> _lateCuts = [];  // each ends by itself: LateTunnels and the cutter bound it
    private volatile FrozenSet<string> _inUse = [];                    // the clusters of _current that may carry tunnels, for the cuts that are under way

    /// <summary>A publisher; without a cutter (no Envoy of ours on this machine) tunnels end by their own bounds only.</summary>
    public RevisionPublisher(XdsServer xds, ICredentialStore credentials, TunnelCutter? cutter, TimeProvider time, ILogger<RevisionPublisher> logger)
    {
        _xds = xds;
        _credentials = credentials;
        _cutter = cutter;
        _time = time;
        _logger = logger;
    }

    /// <inheritdoc/>
    public event Action<Revision>? Published;

    /// <inheritdoc/>
    public Revision? Current => _current;

    /// <summary>
    /// Before the first <see cref="Publish"/>: an Envoy that outlived an earlier run may carry tunnels of this revision, and what
    /// the first one does not allow of them is ended.
    /// </summary>
    public void AssumeRunning(Revision revision) => _assumed = revision;

    /// <summary>Puts a revision in force. Returns at once; Envoys follow.</summary>
    public void Publish(Revision next)
    {
        ArgumentNullException.ThrowIfNull(next);
        Revision? before = _current;
        _credentials.Configure(next.Credentials);
        _inUse = ClustersInUse(next.Compiled.Ir).ToFrozenSet(StringComparer.Ordinal);
        _current = next;
        Published?.Invoke(next);
        XdsSnapshot snapshot = before is null ? next.Snapshot : next.Snapshot.SharedWith(before.Snapshot);
        _xds.Publish(snapshot);
        if ((before ?? _assumed) is { } earlier)
        {
            Revoke(earlier, next);
        }
    }

    /// <summary>
    /// Whether every connected Envoy has accepted the revision, and the tunnels that it does not allow have ended (or the cutter's
    /// patience has), within a limit. False without any Envoy.
    /// </summary>
    public async Task<bool> WaitUntilEffectiveAsync(RevisionId revision, TimeSpan limit, CancellationToken cancellationToken)
    {
        if (!await AreAckedAsync(revision, Always, limit, cancellationToken).ConfigureAwait(false))
        {
            return false;
        }

        // What a revision needs of secrets and filters Envoy asks for while it takes clusters and listeners in, so it is known by now.
        // Without it a CA file that Envoy refuses would pass for good: nothing else changes with it.
        IEnumerable<string> asked = _xds.Nodes.SelectMany(node => node.Types).Select(type => type.TypeUrl).Distinct().Except(Always);
        if (!await AreAckedAsync(revision, [.. asked], limit, cancellationToken).ConfigureAwait(false))
        {
            return false;
        }

        // Who reads "effective" and connects must not meet a cut that is still under way.
        await Task.WhenAll(_revoking.Keys).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        return true;
    }

    /// <summary>Ends the cuts that are still under way.</summary>
    public async ValueTask DisposeAsync()
    {
        // Registered under two types, it is disposed twice; a source that is cancelled and never linked needs no disposal.
        await _disposed.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_revoking.Keys.Concat(_lateCuts.Keys)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task<bool> AreAckedAsync(RevisionId revision, ImmutableArray<string> types, TimeSpan limit, CancellationToken cancellationToken)
    {
        bool[] acks = await Task.WhenAll(types.Select(type => _xds.WaitForAckAsync(revision.ToString(), type, limit, cancellationToken))).ConfigureAwait(false);
        return acks.All(acked => acked);
    }

    private static IEnumerable<string> ClustersInUse(EgressIr ir) => ir.AllEntries.Select(entry => EnvoyNames.GateCluster(entry.Id))
        .Concat(ir.Agents.Where(agent => !agent.IsQuarantined).SelectMany(agent => EnvoyNames.AgentClusters(agent.Name)));

    private void Revoke(Revision before, Revision next)
    {
        ImmutableArray<string> clusters = TunnelRevocations.Between(before.Compiled.Ir, next.Compiled.Ir);
        if (_cutter is null || clusters.IsEmpty)
        {
            return;
        }

        TunnelTarget[] targets = [.. clusters.Select(cluster => new TunnelTarget(cluster, EnvoyNames.StatName(cluster)))];
        // Beside the cuts of earlier revisions: one that finds a gate it cannot cut yet must not hold up another.
        Keep(_revoking, RevokeAsync(_cutter, next.Id, targets));
        HashSet<string> ofAgents = [.. before.Compiled.Ir.Agents.SelectMany(agent => EnvoyNames.AgentClusters(agent.Name))];
        if (Array.FindAll(targets, target => ofAgents.Contains(target.Cluster)) is { Length: > 0 } late)
        {
            Keep(_lateCuts, CutLateAsync(_cutter, next.Id, late, _inUse));
        }
    }

    private static void Keep(ConcurrentDictionary<Task, bool> tasks, Task task)
    {
        tasks.TryAdd(task, true);
        _ = task.ContinueWith(done => tasks.TryRemove(done, out _), TaskScheduler.Default);
    }

    private async Task RevokeAsync(TunnelCutter cutter, RevisionId revision, TunnelTarget[] targets)
    {
        try
        {
            await _xds.WaitForAckAsync(revision.ToString(), XdsType.Routes.TypeUrl, RouteAckLimit, _disposed.Token).ConfigureAwait(false);
            await cutter.CutAsync(targets, target => _inUse.Contains(target.Cluster), _disposed.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            ControlPlaneLog.RevocationEnded(_logger, revision.ShortForm);
        }
    }

    /// <summary>
    /// A tunnel reaches its agent's cluster with its first bytes only, which the gate waits for: one that was opened just before an agent
    /// was stopped, or lost something, and then kept silent, is not there yet when the agent is cut. Who was stopped and is back keeps its tunnels.
    /// </summary>
    private async Task CutLateAsync(TunnelCutter cutter, RevisionId revision, TunnelTarget[] targets, FrozenSet<string> inUseThen)
    {
        try
        {
            await Task.Delay(LateTunnels, _time, _disposed.Token).ConfigureAwait(false);
            TunnelTarget[] stopped = Array.FindAll(targets, target => inUseThen.Contains(target.Cluster) || !_inUse.Contains(target.Cluster));
            await cutter.CutAsync(stopped, target => _inUse.Contains(target.Cluster), _disposed.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            ControlPlaneLog.RevocationEnded(_logger, revision.ShortForm);
        }
    }
}
