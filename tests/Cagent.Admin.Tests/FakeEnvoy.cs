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
    private int _responses;

    private FakeEnvoy(HttpChannel control, string? refused, Action<Node>? describe)
    {
        _call = new AggregatedDiscoveryService.AggregatedDiscoveryServiceClient(control).DeltaAggregatedResources();
        _answering = AnswerAsync(refused, describe);
    }

    /// <param name="control">Where xDS is.</param>
    /// <param name="refused">The end of the type whose responses get a NACK.</param>
    /// <param name="describe">What the node says of itself; default: an Envoy 1.40.0.</param>
    public static FakeEnvoy Connect(HttpChannel control, string? refused = null, Action<Node>? describe = null) => new(control, refused, describe);

    /// <summary>How many responses it has got.</summary>
    public int Responses => Volatile.Read(ref _responses);

    /// <summary>Waits for the end of its stream, which must not come from this side.</summary>
    public async Task<Status> EndAsync() =>
        (await Assert.ThrowsAsync<RpcException>(() => _answering.WaitAsync(AdminHost.Patience))).Status;

    /// <summary>A description with a version as Envoy gives it.</summary>
    public static Action<Node> Version(uint major, uint minor, uint patch, string name = "envoy") => node =>
    {
        node.UserAgentName = name;
        node.UserAgentBuildVersion = new BuildVersion { Version = new() { MajorNumber = major, MinorNumber = minor, Patch = patch } };
    };

    public async ValueTask DisposeAsync()
    {
        _call.Dispose();
        await _answering.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task AnswerAsync(string? refused, Action<Node>? describe)
    {
        Node node = new() { Id = "fake", Cluster = "cagent" };
        (describe ?? Version(1, 40, 0))(node);
        foreach (string type in Types)
        {
            // Routes as Envoy asks for them, by name; the others by the wildcard.
            DeltaDiscoveryRequest request = new() { TypeUrl = type, Node = node, ResourceNamesSubscribe = { type.EndsWith("RouteConfiguration", StringComparison.Ordinal) ? ["fwd", "web", "dial"] : Array.Empty<string>() } };
            await _call.RequestStream.WriteAsync(request);
        }

        while (await _call.ResponseStream.MoveNext(CancellationToken.None))
        {
            Interlocked.Increment(ref _responses);
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
