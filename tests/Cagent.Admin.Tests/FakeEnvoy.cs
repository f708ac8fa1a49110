// SPDX-License-Identifier: Apache-2.0
using Cagent.Grpc.Client;
using Envoy.Config.Core.V3;
using Envoy.Service.Discovery.V3;
using Grpc.Core;

namespace Cagent.Admin.Tests;

/// <summary>An Envoy of which only its answers matter: it takes clusters, listeners and routes, or refuses one type.</summary>
internal sealed class FakeEnvoy : IAsyncDisposable
{
    private static readonly string[] Types =
    [
        "type.googleapis.com/envoy.config.cluster.v3.Cluster",
        "type.googleapis.com/envoy.config.listener.v3.Listener",
        "type.googleapis.com/envoy.config.route.v3.RouteConfiguration",
    ];

    private readonly AsyncDuplexStreamingCall<DeltaDiscoveryRequest, DeltaDiscoveryResponse> _call;
    private readonly Task _answering;

    private FakeEnvoy(HttpChannel control, string? refused)
    {
        _call = new AggregatedDiscoveryService.AggregatedDiscoveryServiceClient(control).DeltaAggregatedResources();
        _answering = AnswerAsync(refused);
    }

    /// <param name="control">Where xDS is.</param>
    /// <param name="refused">The end of the type whose responses get a NACK.</param>
    public static FakeEnvoy Connect(HttpChannel control, string? refused = null) => new(control, refused);

    public async ValueTask DisposeAsync()
    {
        _call.Dispose();
        await _answering.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task AnswerAsync(string? refused)
    {
        Node node = new() { Id = "fake", Cluster = "cagent", UserAgentName = "fake" };
        foreach (string type in Types)
        {
            // Routes as Envoy asks for them, by name; the others by the wildcard.
            DeltaDiscoveryRequest request = new() { TypeUrl = type, Node = node, ResourceNamesSubscribe = { type.EndsWith("RouteConfiguration", StringComparison.Ordinal) ? ["fwd", "web", "dial"] : Array.Empty<string>() } };
            await _call.RequestStream.WriteAsync(request);
        }

        while (await _call.ResponseStream.MoveNext(CancellationToken.None))
        {
            DeltaDiscoveryResponse response = _call.ResponseStream.Current;
            DeltaDiscoveryRequest answer = new() { TypeUrl = response.TypeUrl, ResponseNonce = response.Nonce };
            if (refused is not null && response.TypeUrl.EndsWith(refused, StringComparison.Ordinal))
            {
                answer.ErrorDetail = new global::Google.Rpc.Status { Code = 13, Message = "refused by the test" };
            }

            await _call.RequestStream.WriteAsync(answer);
        }
    }
}
