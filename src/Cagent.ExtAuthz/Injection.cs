// SPDX-License-Identifier: Apache-2.0
using Cagent.ControlPlane.Credentials;

namespace Cagent.ExtAuthz;

/// <summary>A header that carries a credential.</summary>
/// <param name="Header">Lower-case name.</param>
/// <param name="Format">The policy's text with one <c>{value}</c>.</param>
/// <param name="Value">What stands for <c>{value}</c>.</param>
public sealed record Injection(string Header, string Format, Secret Value)
{
    private const string Placeholder = "{value}";

    /// <summary>Which credential the value was read as; null when the store did not say.</summary>
    public CredentialDefinition? Definition { get; init; }

    /// <summary>The header's value in full. Revealed for the answer to Envoy and nowhere else.</summary>
    public string Reveal() => Format.Replace(Placeholder, Value.Reveal(), StringComparison.Ordinal);
}
