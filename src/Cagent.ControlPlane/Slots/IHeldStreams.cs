// SPDX-License-Identifier: Apache-2.0
namespace Cagent.ControlPlane.Slots;

/// <summary>What counts as open until the proxy says that it has ended. Thread safe, and never waits.</summary>
public interface IHeldStreams
{
    /// <summary>A request or tunnel has ended. One that does not count, or has ended before, does nothing.</summary>
    void Ended(string requestId);

    /// <summary>A request or tunnel runs.</summary>
    void Alive(string requestId);

    /// <summary>A connection to the proxy has ended.</summary>
    void Disconnected(string connectionId);
}
