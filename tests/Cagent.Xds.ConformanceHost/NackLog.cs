// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Serialization;
using Cagent.Xds.Nodes;

namespace Cagent.Xds.ConformanceHost;

/// <summary>The last rejections of each node. Thread safe. Bounded: the oldest are dropped.</summary>
internal sealed class NackLog
{
    private const int MaxEntries = 10_000;
    private readonly Lock _lock = new();
    private readonly Queue<(string Node, NackEntry Entry)> _entries = new();

    public void Add(NackReport report)
    {
        lock (_lock)
        {
            if (_entries.Count == MaxEntries)
            {
                _entries.Dequeue();
            }

            _entries.Enqueue((report.Node.Id, new NackEntry(report.TypeUrl, report.Nonce, report.Text)));
        }
    }

    /// <summary>The rejections of a node, newest last; of all nodes when it is null.</summary>
    public IReadOnlyList<NackEntry> Of(string? node)
    {
        lock (_lock)
        {
            return [.. _entries.Where(pair => node is null || pair.Node == node).Select(pair => pair.Entry)];
        }
    }
}

/// <summary>One rejection as the control port shows it.</summary>
internal sealed record NackEntry(
    [property: JsonPropertyName("type_url")] string TypeUrl,
    [property: JsonPropertyName("nonce")] string Nonce,
    [property: JsonPropertyName("message")] string Message);
