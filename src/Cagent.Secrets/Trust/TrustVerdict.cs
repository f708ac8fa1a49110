// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Secrets.Trust;

/// <summary>What the doctor found of one runtime.</summary>
public enum TrustVerdict
{
    /// <summary>It takes a certificate of the CA, and refuses one of a stranger.</summary>
    Trusted,

    /// <summary>It refuses a certificate of the CA.</summary>
    NotTrusted,

    /// <summary>It takes any certificate: its check is switched off.</summary>
    Unverified,

    /// <summary>It is not on this machine.</summary>
    NotFound,

    /// <summary>It is here, and could not be asked.</summary>
    NotProbed,
}
