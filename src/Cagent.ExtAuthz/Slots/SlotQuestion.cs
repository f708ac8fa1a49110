// SPDX-License-Identifier: Apache-2.0
using Cagent.Compiler.Limits;

namespace Cagent.ExtAuthz.Slots;

/// <summary>A request or tunnel that wants to count as open.</summary>
/// <param name="Bounds">The bounds of its agent in the revision that decided.</param>
/// <param name="RequestId">The id under which the proxy will say that it has ended.</param>
/// <param name="Connection">The connection to the proxy; null inside of tunnels, and where connections have no id.</param>
/// <param name="IsTunnel">Whether it is a CONNECT.</param>
internal readonly record struct SlotQuestion(AgentBounds Bounds, string RequestId, string? Connection, bool IsTunnel);
