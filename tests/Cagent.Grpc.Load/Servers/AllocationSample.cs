// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Diagnostics.Tracing;
using System.Globalization;

namespace Cagent.Grpc.Load.Servers;

/// <summary>Which types the process allocates, by the runtime's own sample of one in about 100 KB.</summary>
internal sealed class AllocationSample : EventListener
{
    private const string Runtime = "Microsoft-Windows-DotNETRuntime";
    private const EventKeywords Gc = (EventKeywords)1;
    private readonly ConcurrentDictionary<string, long> _bytes = new(StringComparer.Ordinal);

    /// <summary>Types and their share, the largest first.</summary>
    public IEnumerable<string> Report()
    {
        double total = _bytes.Values.Sum();
        return _bytes.OrderByDescending(one => one.Value).Take(40)
            .Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.Value / total,7:P1} {one.Key}"));
    }

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == Runtime)
        {
            EnableEvents(eventSource, EventLevel.Verbose, Gc);
        }
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (eventData.EventName?.StartsWith("GCAllocationTick", StringComparison.Ordinal) == true)
        {
            // Fields 3 and 5: the amount as 64 bits, and the name of the type that crossed it.
            long bytes = Convert.ToInt64(eventData.Payload![3], CultureInfo.InvariantCulture);
            _bytes.AddOrUpdate((string)eventData.Payload[5]!, bytes, (_, sum) => sum + bytes);
        }
    }
}
