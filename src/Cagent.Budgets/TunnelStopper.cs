// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using Cagent.Compiler.Envoy;
using Cagent.Compiler.Lowering;
using Cagent.ControlPlane.Envoys;
using Cagent.ControlPlane.Revisions;
using Microsoft.Extensions.Logging;

namespace Cagent.Budgets;

/// <summary>
/// Ends the tunnels of one agent, as a quarantine does: the clusters behind the gate that are the agent's own are cut. In a policy without agents
/// everybody is the same one, and the gates are. Plain-HTTP streams have nothing that could be cut.
/// </summary>
internal sealed class TunnelStopper(TunnelCutter cutter, IRevisionSource revisions, BudgetMetrics metrics, ILogger<TunnelStopper> logger) : IStreamStopper, IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Task> _cutting = new(StringComparer.Ordinal); // one for each agent; the cutter bounds each
    private readonly CancellationTokenSource _disposed = new();

    /// <inheritdoc/>
    public void Stop(string agent)
    {
        if (!_disposed.IsCancellationRequested && revisions.Current is { } revision && _cutting.TryAdd(agent, Task.CompletedTask))
        {
            _cutting[agent] = Task.Run(() => CutAsync(agent, Targets(revision.Compiled.Ir, agent)));
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _disposed.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_cutting.Values).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static TunnelTarget[] Targets(EgressIr ir, string agent) =>
    [
        .. (ir.HasAgents ? EnvoyNames.AgentClusters(agent) : ir.AllEntries.Where(entry => entry.Kind != EntryKind.Plain).Select(entry => EnvoyNames.GateCluster(entry.Id)))
            .Select(cluster => new TunnelTarget(cluster, EnvoyNames.StatName(cluster))),
    ];

    private async Task CutAsync(string agent, TunnelTarget[] targets)
    {
        try
        {
            metrics.Cut();
            // "In use": what is opened afterwards may be answered, and is ended again only when it carries something.
            await cutter.CutAsync(targets, _ => true, _disposed.Token).ConfigureAwait(false);
            logger.StreamsEnded(agent);
        }
        catch (OperationCanceledException)
        {
            // The run ends, and with it the interest.
        }
        finally
        {
            _cutting.TryRemove(agent, out _);
        }
    }
}
