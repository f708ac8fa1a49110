// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
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

    /// <summary>
    /// The names and addresses under which agents reach the proxy by TLS, the first one for messages. Default: none, and then the proxy has no
    /// certificate.
    /// </summary>
    public ImmutableArray<string> ProxyNames { get; set; } = [];

    /// <summary>Limits of the leaf certificates.</summary>
    public LeafOptions Leaves { get; } = new();
}
