// SPDX-License-Identifier: Apache-2.0
namespace Cagent.TestKit.Vault;

/// <summary>One request to a <see cref="FakeVault"/>.</summary>
/// <param name="Method">The method.</param>
/// <param name="Path">Without <c>/v1/</c>.</param>
/// <param name="Namespace">Without slashes around it; empty for none.</param>
/// <param name="Token">Of the header; empty for none.</param>
public sealed record VaultRequest(string Method, string Path, string Namespace, string Token);
