// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Authorization;
using Cagent.Xds.Nodes;
using Cagent.Xds.Resources;
using Cagent.Xds.Streams;
using Envoy.Config.Endpoint.V3;
using Envoy.Service.LoadStats.V3;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace Cagent.Xds.Load;

/// <summary>LRS: takes the load reports of nodes, under the same checks and bounds as their other streams.</summary>
/// <param name="scope">The limits.</param>
/// <param name="table">Where the reports go.</param>
/// <param name="stopping">Set when the server stops.</param>
internal sealed class LoadReporting(StreamScope scope, LoadTable table, CancellationToken stopping) : LoadReportingService.LoadReportingServiceBase
{
    private const string SendAllFeature = "envoy.lrs.supports_send_all_clusters";
    private static readonly Status NameMissing = new(StatusCode.InvalidArgument, "a cluster has no name");

    public override async Task StreamLoadStats(
        IAsyncStreamReader<LoadStatsRequest> requestStream, IServerStreamWriter<LoadStatsResponse> responseStream, ServerCallContext context)
    {
        using var lifetime = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, stopping);
        try
        {
            if (await ReadFirstAsync(requestStream, lifetime.Token).ConfigureAwait(false) is not { } first)
            {
                return;
            }

            NodeIdentity node = await AdmitAsync(first, context, lifetime.Token).ConfigureAwait(false);
            try
            {
                await TakeAsync(first, node, requestStream, responseStream, lifetime.Token).ConfigureAwait(false);
            }
            finally
            {
                scope.Census.Leave(node.Id);
            }
        }
        catch (TimeoutException)
        {
            throw new RpcException(StreamStatus.SlowClient);
        }
        catch (OperationCanceledException)
        {
            throw new RpcException(stopping.IsCancellationRequested ? StreamStatus.Stopping : StreamStatus.Cancelled);
        }
    }

    private async Task<LoadStatsRequest?> ReadFirstAsync(IAsyncStreamReader<LoadStatsRequest> requests, CancellationToken cancellationToken)
    {
        try
        {
            bool hasOne = await requests.MoveNext(cancellationToken).WaitAsync(scope.Options.OpeningTimeout, scope.Time, cancellationToken).ConfigureAwait(false);
            return hasOne ? requests.Current : null;
        }
        catch (TimeoutException)
        {
            throw new RpcException(StreamStatus.Silent);
        }
    }

    private async Task<NodeIdentity> AdmitAsync(LoadStatsRequest first, ServerCallContext context, CancellationToken cancellationToken)
    {
        var claim = new NodeClaim();
        Refuse(claim.Check(first.Node, scope.Options.MaxNameLength));
        NodeIdentity node = claim.Node!;
        Refuse(await scope.Admission.RefuseNodeAsync(node, new XdsCaller(context), cancellationToken).ConfigureAwait(false));
        Refuse(claim.Judge(first.Node, scope.Capabilities));
        node = claim.Node!;
        Refuse(scope.Census.TryEnter(node.Id, scope.Options.MaxStreamsPerNode) ? null : StreamStatus.TooManyStreams);
        return node;
    }

    private async Task TakeAsync(
        LoadStatsRequest first,
        NodeIdentity node,
        IAsyncStreamReader<LoadStatsRequest> requests,
        IServerStreamWriter<LoadStatsResponse> responses,
        CancellationToken cancellationToken)
    {
        object stream = new();
        HashSet<ClusterTotals> touched = [];
        long openedAt = scope.Time.GetTimestamp();
        var budget = new RequestBudget(scope.Options.RequestsPerSecond, scope.Options.RequestBurst);
        bool sendsAll = first.Node.ClientFeatures.Contains(SendAllFeature);
        XdsResourceSet? asked = null;
        LoadStatsRequest request = first;
        try
        {
            do
            {
                Refuse(budget.TryTake(scope.Time.GetElapsedTime(openedAt), request.CalculateSize()) ? FindExcess(request) : StreamStatus.TooManyRequests);
                Refuse(request.Node is { } again && again.Id != node.Id ? StreamStatus.NodeChanged : null);
                int unfit = table.Add(stream, scope.Options.GroupOf(node), request.ClusterStats, touched);
                scope.Metrics.LoadReport(unfit);
                XdsResourceSet wanted = sendsAll ? XdsResourceSet.Empty : ClustersOf(node);
                if (!ReferenceEquals(asked, wanted))
                {
                    asked = wanted;
                    await responses.WriteAsync(Ask(wanted, sendsAll), CancellationToken.None).WaitAsync(scope.Options.WriteTimeout, scope.Time, cancellationToken).ConfigureAwait(false);
                }

                request = await requests.MoveNext(cancellationToken).ConfigureAwait(false) ? requests.Current : null!;
            }
            while (request is not null);
        }
        finally
        {
            table.End(stream, touched);
        }
    }

    // For a client that cannot report "all": what its snapshot holds, and again when that changed.
    private XdsResourceSet ClustersOf(NodeIdentity node) =>
        scope.Events.LatestFor(node) is { } published ? published.Snapshot.Of(XdsType.Cluster.TypeUrl) : XdsResourceSet.Empty;

    private LoadStatsResponse Ask(XdsResourceSet clusters, bool sendsAll)
    {
        var response = new LoadStatsResponse
        {
            SendAllClusters = sendsAll,
            LoadReportingInterval = Duration.FromTimeSpan(scope.Options.LoadReportInterval),
        };
        response.Clusters.AddRange(clusters.Sorted.Select(cluster => cluster.Name));
        return response;
    }

    private Status? FindExcess(LoadStatsRequest request)
    {
        if (request.CalculateSize() > scope.Options.MaxRequestBytes)
        {
            return StreamStatus.RequestTooLarge;
        }

        int limit = scope.Options.MaxNameLength;
        foreach (ClusterStats cluster in request.ClusterStats)
        {
            if (cluster.ClusterName.Length == 0)
            {
                return NameMissing;
            }

            if (cluster.ClusterName.Length > limit || cluster.ClusterServiceName.Length > limit || cluster.DroppedRequests.Any(dropped => dropped.Category.Length > limit)
                || cluster.UpstreamLocalityStats.Any(locality => IsTooLong(locality, limit)))
            {
                return StreamStatus.NameTooLong;
            }
        }

        return null;
    }

    private static bool IsTooLong(UpstreamLocalityStats report, int limit) =>
        report.Locality is { } place && (place.Region.Length > limit || place.Zone.Length > limit || place.SubZone.Length > limit)
        || report.LoadMetricStats.Any(metric => metric.MetricName.Length > limit);

    private static void Refuse(Status? refusal)
    {
        if (refusal is { } status)
        {
            throw new RpcException(status);
        }
    }
}
