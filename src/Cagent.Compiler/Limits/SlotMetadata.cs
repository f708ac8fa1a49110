// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Compiler.Limits;

/// <summary>
/// How ext_authz says in its dynamic metadata, which no agent can set, that a request or tunnel counts as open until it ends; and how the
/// proxy says that it has ended, over the rate-limit protocol.
/// </summary>
public static class SlotMetadata
{
    /// <summary>The key in the metadata, and of the descriptor. Its value is the request's id.</summary>
    public const string Slot = "slot";

    /// <summary>The domain in which ends are told.</summary>
    public const string Domain = "cagent.slots";

    /// <summary>The access log of connections to the proxy.</summary>
    public const string ConnectionLog = "connection";
}
