// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Envoy.Config.Endpoint.V3;

namespace Cagent.Xds.Load;

/// <summary>The sums of one locality. Not thread safe: the table locks.</summary>
internal sealed class LocalityTotals
{
    private const int MaxMetrics = 32;
    private readonly Dictionary<string, (ulong Requests, double Total)> _metrics = new(StringComparer.Ordinal);

    // By stream: a gauge is not added up over time, and ends with its stream.
    private readonly Dictionary<object, ulong> _inProgress = new(ReferenceEqualityComparer.Instance);
    private ulong _succeeded;
    private ulong _failed;
    private ulong _issued;

    /// <summary>Gives how many things did not fit.</summary>
    public int Add(object stream, UpstreamLocalityStats report)
    {
        _succeeded = Sums.Add(_succeeded, report.TotalSuccessfulRequests);
        _failed = Sums.Add(_failed, report.TotalErrorRequests);
        _issued = Sums.Add(_issued, report.TotalIssuedRequests);
        if (report.TotalRequestsInProgress > 0)
        {
            _inProgress[stream] = Sums.Add(_inProgress.GetValueOrDefault(stream), report.TotalRequestsInProgress);
        }

        int unfit = 0;
        foreach (EndpointLoadMetricStats metric in report.LoadMetricStats)
        {
            unfit += Add(metric.MetricName, metric.NumRequestsFinishedWithMetric, metric.TotalMetricValue);
        }

        unfit += Add("cpu_utilization", report.CpuUtilization);
        unfit += Add("mem_utilization", report.MemUtilization);
        unfit += Add("application_utilization", report.ApplicationUtilization);
        return unfit;
    }

    public void ForgetInProgress(object stream) => _inProgress.Remove(stream);

    public LocalityLoad Read(LocalityLoad place) => place with
    {
        Succeeded = _succeeded,
        Failed = _failed,
        Issued = _issued,
        InProgress = _inProgress.Values.Aggregate(0UL, Sums.Add),
        Metrics = _metrics.ToImmutableSortedDictionary(pair => pair.Key, pair => new LoadMetric(pair.Value.Requests, pair.Value.Total), StringComparer.Ordinal),
    };

    private int Add(string name, UnnamedEndpointLoadMetricStats? metric) =>
        metric is null ? 0 : Add(name, metric.NumRequestsFinishedWithMetric, metric.TotalMetricValue);

    private int Add(string name, ulong requests, double total)
    {
        // One value that is no number would spoil the sum for ever.
        if (!double.IsFinite(total) || (!_metrics.ContainsKey(name) && _metrics.Count >= MaxMetrics))
        {
            return 1;
        }

        (ulong knownRequests, double knownTotal) = _metrics.GetValueOrDefault(name);
        _metrics[name] = (Sums.Add(knownRequests, requests), knownTotal + total);
        return 0;
    }
}
