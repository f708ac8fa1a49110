// SPDX-License-Identifier: Apache-2.0
namespace Cagent.ControlPlane.Credentials;

/// <summary>How a credential is.</summary>
public enum CredentialState
{
    /// <summary>Its source has not answered yet, since the policy that names it came into force: requests that need it are denied.</summary>
    Pending,

    /// <summary>It has a value, and the last word of its source was good.</summary>
    Available,

    /// <summary>It has a value that is still used, and its source fails.</summary>
    Stale,

    /// <summary>It has no value: requests that need it are denied.</summary>
    Unavailable,
}
