// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Cagent.Compiler.Authz;
using Cagent.Compiler.Limits;

namespace Cagent.ExtAuthz.Slots;

/// <summary>What an answer about open streams makes of a decision.</summary>
internal static class SlotDecisions
{
    public static Decision Apply(Decision.Allowed allowed, SlotAnswer answer, AgentBounds bounds, string requestId) => answer switch
    {
        SlotAnswer.Taken => allowed with { Slot = requestId },
        SlotAnswer.TooManyConnections => Deny(allowed, $"This agent has {bounds.MaxConnections} connections to the proxy open, its max_connections; close one."),
        SlotAnswer.TooManyStreams => Deny(allowed, $"This agent has {bounds.MaxStreams} requests and tunnels running, its max_streams; wait until one ends."),
        SlotAnswer.TooManyTunnels => Deny(allowed, $"This agent has {bounds.MaxTunnels} tunnels open, its max_tunnels; close one."),
        _ => new Decision.Denied(allowed.Agent, allowed.Entry, DenyReason.PolicyUnavailable, "The proxy named this request in a way that cannot be counted; report this id."),
    };

    private static Decision.Denied Deny(Decision.Allowed allowed, FormattableString hint) =>
        new(allowed.Agent, allowed.Entry, DenyReason.ConcurrencyLimited, hint.ToString(CultureInfo.InvariantCulture));
}
