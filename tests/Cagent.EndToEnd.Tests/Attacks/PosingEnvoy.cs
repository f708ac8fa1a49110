// SPDX-License-Identifier: Apache-2.0
using Cagent.Grpc.Client;
using Envoy.Config.Core.V3;
using Envoy.Service.Discovery.V3;
using Grpc.Core;

namespace Cagent.EndToEnd.Tests.Attacks;

/// <summary>A client at the real xDS socket that says it is an Envoy of some version, and asks for everything.</summary>
internal sealed class PosingEnvoy : IDisposable
{
    private readonly HttpChannel _channel;
    private readonly AsyncDuplexStreamingCall<DeltaDiscoveryRequest, DeltaDiscoveryResponse> _call;

    public PosingEnvoy(string stateFolder)
    {
        _channel = HttpChannel.ForUnixSocket(Path.Combine(stateFolder, "run", "control.sock"));
        _call = new AggregatedDiscoveryService.AggregatedDiscoveryServiceClient(_channel).DeltaAggregatedResources();
    }

    /// <summary>Asks for all clusters; the first response, or the status that the stream ended with.</summary>
    public async Task<(DeltaDiscoveryResponse? Response, Status End)> AskAsync(Node node, CancellationToken cancellationToken)
    {
        try
        {
            await _call.RequestStream.WriteAsync(new DeltaDiscoveryRequest { TypeUrl = "type.googleapis.com/envoy.config.cluster.v3.Cluster", Node = node }, cancellationToken);
            return await _call.ResponseStream.MoveNext(cancellationToken) ? (_call.ResponseStream.Current, Status.DefaultSuccess) : (null, _call.GetStatus());
        }
        catch (RpcException exception)
        {
            return (null, exception.Status);
        }
    }

    public void Dispose()
    {
        _call.Dispose();
        _channel.Dispose();
    }
}
