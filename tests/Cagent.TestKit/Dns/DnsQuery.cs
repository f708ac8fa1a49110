// SPDX-License-Identifier: Apache-2.0
namespace Cagent.TestKit.Dns;

/// <summary>One parsed query.</summary>
/// <param name="Id">The client's transaction id.</param>
/// <param name="IsRecursionDesired">The RD bit, which the answer repeats.</param>
/// <param name="Name">The name as asked, case kept, without the final dot; bytes outside printable ASCII as <c>\DDD</c>.</param>
/// <param name="Type">The record type asked for.</param>
/// <param name="Question">The question's bytes, which the answer repeats.</param>
/// <param name="UdpSize">The largest UDP answer that the client takes, in bytes; 512 without EDNS.</param>
public sealed record DnsQuery(ushort Id, bool IsRecursionDesired, string Name, DnsType Type, ReadOnlyMemory<byte> Question, int UdpSize);
