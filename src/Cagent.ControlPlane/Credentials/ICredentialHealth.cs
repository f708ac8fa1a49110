// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace Cagent.ControlPlane.Credentials;

/// <summary>Tells how the credentials of the policy in force are. Thread safe.</summary>
public interface ICredentialHealth
{
    /// <summary>After any of them has changed. Handlers must not block.</summary>
    event Action? HealthChanged;

    /// <summary>All of them, by name.</summary>
    ImmutableArray<CredentialHealth> Health { get; }
}
