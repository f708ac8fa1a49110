// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using Cagent.Xds.Resources;

namespace Cagent.Xds;

/// <summary>Metrics of the meter <c>Cagent.Xds</c>; tags are the type's short name and an outcome, never a node or a stream.</summary>
internal sealed class XdsMetrics
{
    private readonly UpDownCounter<long> _streams;
    private readonly Counter<long> _requests;
    private readonly Counter<long> _responses;
    private readonly Counter<long> _onDemand;
    private readonly Counter<long> _loadReports;
    private readonly Counter<long> _loadUnfit;
    private readonly Histogram<double> _acked;

    public XdsMetrics(IMeterFactory meters)
    {
        Meter meter = meters.Create("Cagent.Xds");
        _streams = meter.CreateUpDownCounter<long>("cagent.xds.streams", "{stream}", "Open streams.");
        _requests = meter.CreateCounter<long>("cagent.xds.requests", "{request}", "Requests by what they were: first, ack, nack, stale, spontaneous, unknown_type, fetch.");
        _responses = meter.CreateCounter<long>("cagent.xds.responses", "{response}", "Responses written.");
        _onDemand = meter.CreateCounter<long>("cagent.xds.on_demand", "{resource}", "Answers of on-demand sources: found, missing, failed.");
        _loadReports = meter.CreateCounter<long>("cagent.xds.load_reports", "{report}", "Load reports taken.");
        _loadUnfit = meter.CreateCounter<long>("cagent.xds.load_reports.dropped", "{entry}", "Localities, drop categories and metrics of load reports that exceeded a bound.");
        _acked = meter.CreateHistogram<double>("cagent.xds.ack.duration", "s", "From the publication of a revision to its ACK by a node.");
    }

    public void StreamOpened() => _streams.Add(1);

    public void StreamEnded() => _streams.Add(-1);

    public void Request(string type, string outcome) =>
        _requests.Add(1, new KeyValuePair<string, object?>("cagent.xds.type", type), new KeyValuePair<string, object?>("cagent.xds.outcome", outcome));

    public void Response(XdsType type) => _responses.Add(1, new KeyValuePair<string, object?>("cagent.xds.type", type.ShortName));

    public void OnDemand(XdsType type, string outcome) =>
        _onDemand.Add(1, new KeyValuePair<string, object?>("cagent.xds.type", type.ShortName), new KeyValuePair<string, object?>("cagent.xds.outcome", outcome));

    public void LoadReport(int unfit)
    {
        _loadReports.Add(1);
        if (unfit > 0)
        {
            _loadUnfit.Add(unfit);
        }
    }

    public void Acked(XdsType type, TimeSpan elapsed) =>
        _acked.Record(elapsed.TotalSeconds, new KeyValuePair<string, object?>("cagent.xds.type", type.ShortName));
}
