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
    private readonly Counter<long> _sent;
    private readonly Histogram<double> _pushed;
    private readonly Meter _meter;

    public XdsMetrics(IMeterFactory meters)
    {
        Meter meter = meters.Create("Cagent.Xds");
        _meter = meter;
        _streams = meter.CreateUpDownCounter<long>("cagent.xds.streams", "{stream}", "Open streams.");
        _requests = meter.CreateCounter<long>("cagent.xds.requests", "{request}", "Requests by what they were: first, ack, nack, stale, spontaneous, unknown_type, fetch.");
        _responses = meter.CreateCounter<long>("cagent.xds.responses", "{response}", "Responses written.");
        _onDemand = meter.CreateCounter<long>("cagent.xds.on_demand", "{resource}", "Answers of on-demand sources: found, missing, failed.");
        _loadReports = meter.CreateCounter<long>("cagent.xds.load_reports", "{report}", "Load reports taken.");
        _loadUnfit = meter.CreateCounter<long>("cagent.xds.load_reports.dropped", "{entry}", "Localities, drop categories and metrics of load reports that exceeded a bound.");
        _acked = meter.CreateHistogram<double>("cagent.xds.ack.duration", "s", "From the publication of a revision to its ACK by a node.");
        _sent = meter.CreateCounter<long>("cagent.xds.sent", "By", "Bytes of responses, before TLS and HTTP/2.");
        _pushed = meter.CreateHistogram<double>("cagent.xds.push.duration", "s", "From a publication to the last ACK of the clients that were there, unless a newer one came first.");
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

    public void Sent(XdsType type, int bytes) => _sent.Add(bytes, new KeyValuePair<string, object?>("cagent.xds.type", type.ShortName));

    public void Pushed(TimeSpan elapsed) => _pushed.Record(elapsed.TotalSeconds);

    /// <summary>Tells sums over all groups and streams whenever they are asked for; the callbacks give one for each type.</summary>
    public void Observe(
        Func<IEnumerable<(XdsType Type, long Value)>> snapshotBytes,
        Func<IEnumerable<(XdsType Type, long Value)>> resources,
        Func<IEnumerable<(XdsType Type, long Value)>> subscriptions,
        Func<int> waiting)
    {
        _meter.CreateObservableUpDownCounter<long>("cagent.xds.snapshot.size", () => Tag(snapshotBytes()), "By", "Bytes of the resources of all groups' snapshots.");
        _meter.CreateObservableUpDownCounter<long>("cagent.xds.snapshot.resources", () => Tag(resources()), "{resource}", "Resources of all groups' snapshots.");
        _meter.CreateObservableUpDownCounter<long>("cagent.xds.subscriptions", () => Tag(subscriptions()), "{subscription}", "Types that open streams subscribe to.");
        _meter.CreateObservableUpDownCounter<int>("cagent.xds.streams.waiting", waiting, "{stream}", "Streams that wait to be opened, because many come at a time.");
    }

    private static IEnumerable<Measurement<long>> Tag(IEnumerable<(XdsType Type, long Value)> values) =>
        values.Select(value => new Measurement<long>(value.Value, new KeyValuePair<string, object?>("cagent.xds.type", value.Type.ShortName)));
}
