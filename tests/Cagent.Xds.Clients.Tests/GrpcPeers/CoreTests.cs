// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Xds.Clients.Tests.GrpcPeers;

/// <summary>gRPC C-core resolves <c>xds:///</c> names through our server.</summary>
public sealed class CoreTests
{
    [PeerFact(PeerKind.Core)]
    public Task Update_OfTheRoute_MovesTheCalls() => PeerCases.UpdateAsync(PeerKind.Core);

    [PeerFact(PeerKind.Core)]
    public Task Update_OfTheEndpoints_MovesTheCalls() => PeerCases.EndpointUpdateAsync(PeerKind.Core);

    [PeerFact(PeerKind.Core)]
    public Task Removal_OfAClusterWithItsRoute_LosesNoCall() => PeerCases.ClusterRemovalAsync(PeerKind.Core);

    [PeerFact(PeerKind.Core)]
    public Task Removal_OfTheListener_FailsCallsUntilItComesBack() => PeerCases.ListenerRemovalAsync(PeerKind.Core);

    [PeerFact(PeerKind.Core)]
    public Task Restart_OfTheServer_LosesNoCallAndUpdatesGoOn() => PeerCases.RestartAsync(PeerKind.Core);
}
