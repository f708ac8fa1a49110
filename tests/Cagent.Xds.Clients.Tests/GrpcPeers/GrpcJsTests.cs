// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Xds.Clients.Tests.GrpcPeers;

/// <summary>grpc-js with grpc-js-xds resolves <c>xds:///</c> names through our server.</summary>
public sealed class GrpcJsTests
{
    [PeerFact(PeerKind.GrpcJs)]
    public Task Update_OfTheRoute_MovesTheCalls() => PeerCases.UpdateAsync(PeerKind.GrpcJs);

    [PeerFact(PeerKind.GrpcJs)]
    public Task Update_OfTheEndpoints_MovesTheCalls() => PeerCases.EndpointUpdateAsync(PeerKind.GrpcJs);

    [PeerFact(PeerKind.GrpcJs)]
    public Task Removal_OfAClusterWithItsRoute_LosesNoCall() => PeerCases.ClusterRemovalAsync(PeerKind.GrpcJs);

    [PeerFact(PeerKind.GrpcJs)]
    public Task Removal_OfTheListener_FailsCallsUntilItComesBack() => PeerCases.ListenerRemovalAsync(PeerKind.GrpcJs);

    [PeerFact(PeerKind.GrpcJs)]
    public Task Restart_OfTheServer_LosesNoCallAndUpdatesGoOn() => PeerCases.RestartAsync(PeerKind.GrpcJs);
}
