// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Grpc.Http2.Hpack;

/// <summary>A header field as it stands in a table.</summary>
internal readonly record struct HeaderField(string Name, string Value)
{
    /// <summary>What each field counts beside its characters (RFC 7541, section 4.1).</summary>
    public const int Overhead = 32;

    public int Size => Name.Length + Value.Length + Overhead;
}
