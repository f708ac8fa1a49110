// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace Cagent.ControlPlane.Credentials;

/// <summary>The credentials of the policy in force. Thread safe; reading never blocks and never does I/O.</summary>
public interface ICredentialStore
{
    /// <summary>Replaces the set of credentials; values of unchanged definitions are kept.</summary>
    void Configure(ImmutableArray<CredentialDefinition> definitions);

    /// <summary>The present value of a credential. An unknown name is unavailable, never empty.</summary>
    CredentialReading Read(string name);
}
