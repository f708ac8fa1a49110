// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Policy.Model;

namespace Cagent.Policy.Validation;

/// <summary>The rules of one entry.</summary>
internal sealed record RuleLists(ImmutableArray<PolicyRule> Allow, ImmutableArray<PolicyRule> Deny);
