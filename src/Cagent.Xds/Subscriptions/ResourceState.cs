// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Resources;

namespace Cagent.Xds.Subscriptions;

/// <summary>How far the wanted content of a name is on its way.</summary>
internal enum ConfigProgress
{
    /// <summary>Nothing was sent, or the wanted content was not yet.</summary>
    NotSent,

    /// <summary>Sent, and not answered.</summary>
    Stale,

    /// <summary>Accepted.</summary>
    Synced,

    /// <summary>Rejected.</summary>
    Rejected,
}

/// <summary>What the client has under a name.</summary>
internal enum ClientProgress
{
    /// <summary>Nothing yet.</summary>
    Requested,

    /// <summary>It was told that the name does not exist.</summary>
    DoesNotExist,

    /// <summary>Something that it accepted; not always the wanted content.</summary>
    Accepted,

    /// <summary>It rejected the wanted content.</summary>
    Rejected,
}

/// <summary>One name at one client.</summary>
/// <param name="Name">The name.</param>
/// <param name="Resource">The wanted content, or that which the client still has; null when neither is known.</param>
/// <param name="Version">The version that the states are about; empty without any.</param>
/// <param name="Config">The server's side.</param>
/// <param name="Client">The client's side.</param>
internal readonly record struct ResourceState(string Name, XdsResource? Resource, string Version, ConfigProgress Config, ClientProgress Client)
{
    /// <summary>Why it was rejected; null when it was not.</summary>
    public Rejection? Rejection { get; init; }

    /// <summary>When it was sent last, in seconds of the stream's age; null when this stream did not.</summary>
    public uint? SentSecond { get; init; }
}
