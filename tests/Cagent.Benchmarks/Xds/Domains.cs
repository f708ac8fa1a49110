// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Cagent.Xds.Resources;
using Google.Protobuf;

namespace Cagent.Benchmarks.Xds;

/// <summary>Snapshots of many clusters of 300 bytes, one for each domain.</summary>
internal static class Domains
{
    private const int Size = 300;

    public static XdsResource[] Create(int count) => [.. Enumerable.Range(0, count).Select(i => One(i, 0))];

    /// <summary>A new revision: all resources made anew, as a compiler makes them, and one with other content.</summary>
    public static XdsResource[] CreateWithOneChange(int count) => [.. Enumerable.Range(0, count).Select(i => One(i, (byte)(i == count / 2 ? 1 : 0)))];

    private static XdsResource One(int index, byte content)
    {
        byte[] body = new byte[Size];
        body[0] = content;
        BitConverter.TryWriteBytes(body.AsSpan(1), index);
        return XdsResource.FromBytes(XdsType.Cluster.TypeUrl, string.Create(CultureInfo.InvariantCulture, $"cluster-{index:d6}.example"), ByteString.CopyFrom(body));
    }
}
