// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Domains;
using Cagent.Policy.Diagnostics;
using Cagent.Policy.Model;

namespace Cagent.Compiler.Lowering;

/// <summary>One policy entry as the data plane sees it.</summary>
public sealed record EntryIr
{
    /// <summary>Host pattern and port.</summary>
    public required EntryKey Key { get; init; }

    /// <summary>The key as text, <c>host:port</c>: the stem of every resource name of this entry.</summary>
    public string Name => Key.ToString();

    /// <summary>How its bytes travel.</summary>
    public required EntryKind Kind { get; init; }

    /// <summary>The SDS secret that verifies its upstream; of no use to a pinned or plain entry.</summary>
    public required string CaName { get; init; }

    /// <summary>Non-public addresses that this entry alone may reach.</summary>
    public required ImmutableArray<AddressRange> Addresses { get; init; }

    /// <summary>Time to the response headers, per attempt.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>Time without a byte after which a stream ends.</summary>
    public required TimeSpan IdleTimeout { get; init; }

    /// <summary>Whether a WebSocket upgrade is allowed.</summary>
    public required bool WebSocket { get; init; }

    /// <summary>What may be requested; empty means everything.</summary>
    public required ImmutableArray<PolicyRule> Allow { get; init; }

    /// <summary>What may not be requested, whatever <see cref="Allow"/> says.</summary>
    public required ImmutableArray<PolicyRule> Deny { get; init; }

    /// <summary>Only GET, HEAD and OPTIONS.</summary>
    public required bool ReadOnly { get; init; }

    /// <summary>The credential that is added to its requests, if any.</summary>
    public required CredentialUse? Credential { get; init; }

    /// <summary>Where the entry stands in the policy file.</summary>
    public required SourceLocation Location { get; init; }
}
