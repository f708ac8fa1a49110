// SPDX-License-Identifier: Apache-2.0
using Envoy.Config.Core.V3;
using Envoy.Config.Listener.V3;
using Envoy.Extensions.TransportSockets.InternalUpstream.V3;
using Envoy.Extensions.TransportSockets.RawBuffer.V3;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Cagent.EnvoyApi.Tests;

public sealed class EnvoyTypesTests
{
    private static readonly string[] Keys = ["b", "a", "Z", "ä", "a.b", "a-b", "", "10", "9"];

    [Fact]
    public void Pack_MessageWithoutFields_HasTheTypeUrlOnly()
    {
        Any any = EnvoyTypes.Pack(new RawBuffer());

        Assert.Equal("type.googleapis.com/envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer", any.TypeUrl);
        Assert.True(any.Value.IsEmpty);
        Assert.True(any.Is(RawBuffer.Descriptor));
    }

    [Fact]
    public void Pack_MapsFilledInAnotherOrder_GivesEqualBytes()
    {
        Any forward = EnvoyTypes.Pack(WithMetadata(Keys));
        Any backward = EnvoyTypes.Pack(WithMetadata(Keys.Reverse()));

        Assert.Equal(forward, backward);
    }

    [Fact]
    public void ToByteString_Map_IsInOrdinalOrderOfItsKeys()
    {
        Metadata expected = new();
        foreach (string key in Keys.Order(StringComparer.Ordinal))
        {
            expected.FilterMetadata.Add(key, new Struct());
        }

        Metadata shuffled = new();
        foreach (string key in Keys)
        {
            shuffled.FilterMetadata.Add(key, new Struct());
        }

        // ToByteString() writes a map in the order in which it was filled.
        Assert.Equal(expected.ToByteString(), EnvoyTypes.ToByteString(shuffled));
    }

    [Fact]
    public void Registry_AnyWithinAny_BecomesReadableJson()
    {
        TransportSocket raw = new() { Name = "raw", TypedConfig = EnvoyTypes.Pack(new RawBuffer()) };
        TransportSocket socket = new() { Name = "internal", TypedConfig = EnvoyTypes.Pack(new InternalUpstreamTransport { TransportSocket = raw }) };

        string json = new JsonFormatter(JsonFormatter.Settings.Default.WithTypeRegistry(EnvoyTypes.Registry)).Format(socket);

        Assert.Contains("envoy.extensions.transport_sockets.internal_upstream.v3.InternalUpstreamTransport", json, StringComparison.Ordinal);
        Assert.Contains("\"name\": \"raw\"", json, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("envoy.service.discovery.v3.AggregatedDiscoveryService", 2)]
    [InlineData("envoy.service.listener.v3.ListenerDiscoveryService", 3)]
    [InlineData("envoy.service.load_stats.v3.LoadReportingService", 1)]
    [InlineData("envoy.service.cluster.v3.ClusterDiscoveryService", 3)]
    [InlineData("envoy.service.endpoint.v3.EndpointDiscoveryService", 3)]
    [InlineData("envoy.service.route.v3.RouteDiscoveryService", 3)]
    [InlineData("envoy.service.route.v3.VirtualHostDiscoveryService", 1)]
    [InlineData("envoy.service.route.v3.ScopedRoutesDiscoveryService", 3)]
    [InlineData("envoy.service.secret.v3.SecretDiscoveryService", 3)]
    [InlineData("envoy.service.extension.v3.ExtensionConfigDiscoveryService", 3)]
    [InlineData("envoy.service.runtime.v3.RuntimeDiscoveryService", 3)]
    [InlineData("envoy.service.auth.v3.Authorization", 1)]
    [InlineData("envoy.service.accesslog.v3.AccessLogService", 1)]
    public void Files_Services_HaveTheMethodsThatEnvoyCalls(string name, int methods)
    {
        Assert.Equal(methods, EnvoyTypes.Files.SelectMany(file => file.Services).Single(service => service.FullName == name).Methods.Count);
    }

    private static Listener WithMetadata(IEnumerable<string> keys)
    {
        Listener listener = new() { Name = "fwd", Metadata = new Metadata() };
        foreach (string key in keys)
        {
            Struct inner = new();
            foreach (string innerKey in keys)
            {
                inner.Fields.Add(innerKey, Value.ForString(innerKey));
            }

            listener.Metadata.FilterMetadata.Add(key, inner);
        }

        return listener;
    }
}
