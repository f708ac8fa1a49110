// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Grpc.Client;

/// <summary>How a channel uses several addresses.</summary>
public enum LoadBalancing
{
    /// <summary>All calls go to the first address that can be connected, tried in the resolver's order.</summary>
    PickFirst,

    /// <summary>Every address is kept connected, and calls take turns over those that are.</summary>
    RoundRobin,
}
