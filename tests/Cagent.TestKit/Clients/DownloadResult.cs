// SPDX-License-Identifier: Apache-2.0
namespace Cagent.TestKit.Clients;

/// <summary>What came of a download.</summary>
/// <param name="Length">Bytes received.</param>
/// <param name="IsIntact">Whether every byte was the one that belongs at its offset.</param>
/// <param name="Error">Why it ended early: the exception's message; null when it did not.</param>
/// <param name="Duration">From the request to the last byte.</param>
public sealed record DownloadResult(long Length, bool IsIntact, string? Error, TimeSpan Duration);
