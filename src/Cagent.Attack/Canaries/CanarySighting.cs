// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Attack.Canaries;

/// <summary>One thing that reached a canary.</summary>
/// <param name="Time">When.</param>
/// <param name="Transport"><c>tcp</c> or <c>udp</c>.</param>
/// <param name="From">The address it came from.</param>
/// <param name="Bytes">The first bytes as printable text, credentials redacted; empty for a connection on which nothing was sent.</param>
public sealed record CanarySighting(DateTimeOffset Time, string Transport, string From, string Bytes);
