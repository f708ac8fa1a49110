// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using Cagent.Domains;

namespace Cagent.Secrets.Interception;

/// <summary>Reads what Envoy passes on from a ClientHello: the raw bytes of the SNI, chosen by the agent.</summary>
internal static class SniName
{
    /// <summary>What Envoy asks for when the ClientHello has no SNI (the selector's <c>default_value</c>).</summary>
    public const string Absent = "no-sni";

    /// <summary>
    /// Accepts the one canonical spelling only. Each spelling would be a secret of its own in Envoy, so that an agent could fill
    /// its memory with the spellings of one allowed name (attack:G14).
    /// </summary>
    public static bool TryParse(string? sni, [NotNullWhen(true)] out HostName? name, out LeafRefusal refusal)
    {
        name = null;
        refusal = LeafRefusal.NoName;
        if (string.IsNullOrEmpty(sni) || sni == Absent)
        {
            return false;
        }
        refusal = LeafRefusal.NotCanonical;
        if (!HostName.TryParse(sni, out HostName? host, out _))
        {
            return false;
        }
        if (host.IsAddress)
        {
            refusal = LeafRefusal.Address;
            return false;
        }
        name = host.Value == sni ? host : null;
        return name is not null;
    }
}
