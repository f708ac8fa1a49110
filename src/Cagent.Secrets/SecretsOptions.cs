// SPDX-License-Identifier: Apache-2.0
using Cagent.Secrets.Credentials;
using Cagent.Secrets.Interception;

namespace Cagent.Secrets;

/// <summary>Settings of the secrets feature.</summary>
public sealed class SecretsOptions
{
    /// <summary>The folder that holds <c>pki/</c> and the bundles for agents. Required; no default, since it holds a private key.</summary>
    public string StateFolder { get; set; } = "";

    /// <summary>How credential files are followed.</summary>
    public CredentialStoreOptions Credentials { get; } = new();

    /// <summary>Limits of the leaf certificates.</summary>
    public LeafOptions Leaves { get; } = new();
}
