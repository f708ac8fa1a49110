// SPDX-License-Identifier: Apache-2.0
namespace Cagent.ExtAuthz.Slots;

/// <summary>Whether a request or tunnel fits beside what its agent holds open.</summary>
internal enum SlotAnswer
{
    /// <summary>Its id is missing or in use, so that nobody could say when it ends: it must not pass.</summary>
    Unnamed,

    /// <summary>It counts as open until its end.</summary>
    Taken,

    /// <summary>The agent has <c>max_connections</c>, and this one is not among them.</summary>
    TooManyConnections,

    /// <summary>The agent has <c>max_streams</c>.</summary>
    TooManyStreams,

    /// <summary>The agent has <c>max_tunnels</c>.</summary>
    TooManyTunnels,
}
