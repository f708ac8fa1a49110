// SPDX-License-Identifier: Apache-2.0
using Cagent.Policy.Diagnostics;

namespace Cagent.Policy.Model;

/// <summary>A credential that an entry injects into the requests which it allows, and into no others.</summary>
/// <param name="Name">A name among <see cref="ValidatedPolicy.Credentials"/>.</param>
/// <param name="Header">The header, lower case; what the agent sent in it is removed first.</param>
/// <param name="Format">The header's value: printable ASCII with exactly one <c>{value}</c>.</param>
/// <param name="InsecureCredential">True only beside <c>scheme: http</c>: the policy accepts that the value crosses the wire in clear.</param>
/// <param name="Location">Where it stands.</param>
public sealed record CredentialUse(string Name, string Header, string Format, bool InsecureCredential, SourceLocation Location);
