// SPDX-License-Identifier: Apache-2.0
using Cagent.Policy.Diagnostics;

namespace Cagent.Policy.Model;

/// <summary>Where the value of a credential comes from; the value itself never stands in a policy.</summary>
/// <param name="Name">The name that entries use.</param>
/// <param name="Location">Where it stands.</param>
public abstract record CredentialSource(string Name, SourceLocation Location);
