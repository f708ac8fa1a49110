// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Tracing;

namespace Cagent.Grpc.Tests.Faults;

/// <summary>
/// The arrays that were rented from the array pools on behalf of our library and not given back, from its making on, as the runtime's
/// events tell. Those that the HTTP stacks rent for themselves are theirs. Thread safe.
/// </summary>
internal sealed class RentedBuffers : EventListener
{
    private const string PoolEvents = "System.Buffers.ArrayPoolEventSource";
    private const int Rented = 1;
    private const int Returned = 3;

    // Whoever stands nearest above the pools has rented: our code, or what our code made and must free.
    private static readonly string[] s_pools = ["System.Buffers.", "System.Diagnostics.", "System.Net.ArrayBuffer", "Cagent.Grpc.Tests."];
    private static readonly string[] s_ours = ["Cagent.Grpc.", "System.IO.Pipelines.", "System.IO.Compression."];

    private readonly ConcurrentDictionary<(int Pool, int Buffer), string> _out = new();
    private int _total;

    /// <summary>Buffers that are out.</summary>
    public int Outstanding => _out.Count;

    /// <summary>Buffers ever rented, so that a test can see that it counted any.</summary>
    public int Total => Volatile.Read(ref _total);

    /// <summary>Who holds the buffers that are out, with their number.</summary>
    public string Describe() => string.Join("\n", _out.Values.GroupBy(renter => renter).OrderByDescending(group => group.Count()).Take(5).Select(group => $"{group.Count()} x {group.Key}"));

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == PoolEvents)
        {
            EnableEvents(eventSource, EventLevel.Verbose);
        }
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        switch (eventData.EventId)
        {
            case Rented when Renter() is { } renter:
                _out[Id(eventData)] = renter;
                Interlocked.Increment(ref _total);
                break;
            case Returned:
                _out.TryRemove(Id(eventData), out _);
                break;
        }
    }

    // Both events give the array's hash first and its pool third.
    private static (int Pool, int Buffer) Id(EventWrittenEventArgs eventData) => ((int)eventData.Payload![2]!, (int)eventData.Payload[0]!);

    /// <summary>The method of ours that rents; null when it is somebody else's.</summary>
    private static string? Renter()
    {
        foreach (StackFrame frame in new StackTrace(fNeedFileInfo: false).GetFrames())
        {
            if (DiagnosticMethodInfo.Create(frame) is { DeclaringTypeName: { } type } method && !StartsWithAny(type, s_pools))
            {
                return StartsWithAny(type, s_ours) ? $"{type}.{method.Name}" : null;
            }
        }

        return null;
    }

    private static bool StartsWithAny(string type, string[] prefixes) => Array.Exists(prefixes, prefix => type.StartsWith(prefix, StringComparison.Ordinal));
}
