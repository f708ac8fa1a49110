// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Xds.Load;

/// <summary>What endpoints said of themselves under one name, added up since the server's start.</summary>
/// <param name="Requests">How many requests ended with a value.</param>
/// <param name="Total">The sum of the values; divided by <paramref name="Requests"/> it is their mean.</param>
public sealed record LoadMetric(ulong Requests, double Total);
