// SPDX-License-Identifier: Apache-2.0
using Cagent.LoadClient;
using Cagent.Xds.Load.States;
using Envoy.Config.Core.V3;
using Envoy.Service.Discovery.V3;
using Google.Protobuf;

namespace Cagent.Xds.Load.Clients;

/// <summary>The framed requests of a client: a wildcard on the aggregated stream, and its ACKs.</summary>
internal static class Requests
{
    private const byte VersionTag = (1 << 3) | 2;
    private const byte SotwTypeTag = (4 << 3) | 2;
    private const byte SotwNonceTag = (5 << 3) | 2;
    private const byte DeltaTypeTag = (2 << 3) | 2;
    private const byte DeltaNonceTag = (6 << 3) | 2;

    public static string Path(bool isDelta) =>
        "/envoy.service.discovery.v3.AggregatedDiscoveryService/" + (isDelta ? "DeltaAggregatedResources" : "StreamAggregatedResources");

    /// <summary>The first one of a stream. <paramref name="held"/>: names and versions, of a client that comes back.</summary>
    public static byte[] First(bool isDelta, string node, IReadOnlyDictionary<string, string> held)
    {
        Node claimed = new() { Id = node, Cluster = "load" };
        if (!isDelta)
        {
            return GrpcFrame.Of(new DiscoveryRequest { Node = claimed, TypeUrl = StateSource.TypeUrl }.ToByteArray());
        }

        DeltaDiscoveryRequest request = new() { Node = claimed, TypeUrl = StateSource.TypeUrl };
        request.InitialResourceVersions.Add(held.ToDictionary());
        return GrpcFrame.Of(request.ToByteArray());
    }

    /// <summary>Writes an ACK with its frame's header, and gives its length.</summary>
    public static int WriteAck(bool isDelta, in ResponseScanner response, ReadOnlySpan<byte> typeUrl, Span<byte> frame)
    {
        int at = GrpcFrame.HeaderSize;
        if (!isDelta)
        {
            at += Field(frame[at..], VersionTag, response.Version);
        }

        at += Field(frame[at..], isDelta ? DeltaTypeTag : SotwTypeTag, typeUrl);
        at += Field(frame[at..], isDelta ? DeltaNonceTag : SotwNonceTag, response.Nonce);
        frame[..4].Clear();
        frame[4] = (byte)(at - GrpcFrame.HeaderSize);
        return at;
    }

    private static int Field(Span<byte> target, byte tag, ReadOnlySpan<byte> value)
    {
        target[0] = tag;
        target[1] = (byte)value.Length;
        value.CopyTo(target[2..]);
        return 2 + value.Length;
    }
}
