// SPDX-License-Identifier: Apache-2.0
using Envoy.Service.Cluster.V3;
using Envoy.Service.Discovery.V3;
using Envoy.Service.Endpoint.V3;
using Envoy.Service.Extension.V3;
using Envoy.Service.Listener.V3;
using Envoy.Service.Route.V3;
using Envoy.Service.Runtime.V3;
using Envoy.Service.Secret.V3;
using Grpc.Core;

namespace Cagent.Xds.Tests.Conformance;

/// <summary>The methods of every service, by variant and type.</summary>
internal static class DriverCalls
{
    public static DriverStream Open(CallInvoker channel, XdsVariant variant, string type) => variant.IsDelta
        ? new DriverStream<DeltaDiscoveryRequest, DeltaDiscoveryResponse>(
            Delta(channel, variant.IsAggregated ? "ads" : type), request => request.ToDelta(), DriverResponse.FromDelta)
        : new DriverStream<DiscoveryRequest, DiscoveryResponse>(
            Sotw(channel, variant.IsAggregated ? "ads" : type), request => request.ToSotw(), DriverResponse.FromSotw);

    private static AsyncDuplexStreamingCall<DiscoveryRequest, DiscoveryResponse> Sotw(CallInvoker channel, string service) => service switch
    {
        "ads" => new AggregatedDiscoveryService.AggregatedDiscoveryServiceClient(channel).StreamAggregatedResources(),
        "lds" => new ListenerDiscoveryService.ListenerDiscoveryServiceClient(channel).StreamListeners(),
        "cds" => new ClusterDiscoveryService.ClusterDiscoveryServiceClient(channel).StreamClusters(),
        "eds" => new EndpointDiscoveryService.EndpointDiscoveryServiceClient(channel).StreamEndpoints(),
        "rds" => new RouteDiscoveryService.RouteDiscoveryServiceClient(channel).StreamRoutes(),
        "srds" => new ScopedRoutesDiscoveryService.ScopedRoutesDiscoveryServiceClient(channel).StreamScopedRoutes(),
        "sds" => new SecretDiscoveryService.SecretDiscoveryServiceClient(channel).StreamSecrets(),
        "rtds" => new RuntimeDiscoveryService.RuntimeDiscoveryServiceClient(channel).StreamRuntime(),
        "ecds" => new ExtensionConfigDiscoveryService.ExtensionConfigDiscoveryServiceClient(channel).StreamExtensionConfigs(),
        _ => throw new ArgumentOutOfRangeException(nameof(service), service, null),
    };

    private static AsyncDuplexStreamingCall<DeltaDiscoveryRequest, DeltaDiscoveryResponse> Delta(CallInvoker channel, string service) => service switch
    {
        "ads" => new AggregatedDiscoveryService.AggregatedDiscoveryServiceClient(channel).DeltaAggregatedResources(),
        "vhds" => new VirtualHostDiscoveryService.VirtualHostDiscoveryServiceClient(channel).DeltaVirtualHosts(),
        "lds" => new ListenerDiscoveryService.ListenerDiscoveryServiceClient(channel).DeltaListeners(),
        "cds" => new ClusterDiscoveryService.ClusterDiscoveryServiceClient(channel).DeltaClusters(),
        "eds" => new EndpointDiscoveryService.EndpointDiscoveryServiceClient(channel).DeltaEndpoints(),
        "rds" => new RouteDiscoveryService.RouteDiscoveryServiceClient(channel).DeltaRoutes(),
        "srds" => new ScopedRoutesDiscoveryService.ScopedRoutesDiscoveryServiceClient(channel).DeltaScopedRoutes(),
        "sds" => new SecretDiscoveryService.SecretDiscoveryServiceClient(channel).DeltaSecrets(),
        "rtds" => new RuntimeDiscoveryService.RuntimeDiscoveryServiceClient(channel).DeltaRuntime(),
        "ecds" => new ExtensionConfigDiscoveryService.ExtensionConfigDiscoveryServiceClient(channel).DeltaExtensionConfigs(),
        _ => throw new ArgumentOutOfRangeException(nameof(service), service, null),
    };
}
