// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Policy.Model;

/// <summary>A header that carries a credential.</summary>
/// <param name="Name">Lower case; what the agent sent in it is removed first.</param>
/// <param name="Format">Its value: printable ASCII with exactly one <c>{value}</c>.</param>
public sealed record CredentialHeader(string Name, string Format);
