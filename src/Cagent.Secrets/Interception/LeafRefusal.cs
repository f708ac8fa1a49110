// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Secrets.Interception;

/// <summary>Why there is no leaf for a name. The handshake fails at once; nothing was minted and nothing is remembered.</summary>
public enum LeafRefusal
{
    /// <summary>The client sent no SNI (Envoy asks for <c>no-sni</c>), or the name is empty.</summary>
    NoName,

    /// <summary>Not a host name in canonical spelling: upper case, trailing dot, any character that no host name holds.</summary>
    NotCanonical,

    /// <summary>An IP address: SNI never holds one (RFC 6066 section 3).</summary>
    Address,

    /// <summary>No rule of the policy in force intercepts the name.</summary>
    NotIntercepted,

    /// <summary>Minting failed, for instance because the CA has expired.</summary>
    IssuerFailed,
}
