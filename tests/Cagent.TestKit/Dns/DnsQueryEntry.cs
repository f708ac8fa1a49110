// SPDX-License-Identifier: Apache-2.0
namespace Cagent.TestKit.Dns;

/// <summary>One line of the query log.</summary>
/// <param name="Name">The name as asked, case kept, without the final dot.</param>
/// <param name="Type">The record type asked for.</param>
/// <param name="IsTcp">False for UDP.</param>
/// <param name="Time">When the query was read.</param>
public sealed record DnsQueryEntry(string Name, DnsType Type, bool IsTcp, DateTimeOffset Time);
