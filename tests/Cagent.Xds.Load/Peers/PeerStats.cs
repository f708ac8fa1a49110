// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Serialization;

namespace Cagent.Xds.Load.Peers;

/// <summary>What <c>GET /stats</c> tells.</summary>
internal sealed record PeerStats(
    [property: JsonPropertyName("rss_bytes")] double RssBytes,
    [property: JsonPropertyName("cpu_seconds")] double CpuSeconds,
    [property: JsonPropertyName("open_streams")] double OpenStreams);
