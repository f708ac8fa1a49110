// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Policy.Model;

/// <summary>Where a credential goes in a request.</summary>
public enum CredentialPlace
{
    /// <summary>A header of its own.</summary>
    Header,

    /// <summary>A parameter of the query.</summary>
    Query,

    /// <summary>The password of HTTP Basic authentication.</summary>
    Basic,

    /// <summary>A signature over the whole request; implied by a source that signs.</summary>
    Signature,
}
