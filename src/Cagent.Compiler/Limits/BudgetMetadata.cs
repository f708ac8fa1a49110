// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Compiler.Limits;

/// <summary>How ext_authz says in its dynamic metadata, which no agent can set, that a request or tunnel draws from its agent's budget.</summary>
public static class BudgetMetadata
{
    /// <summary>The key; absent of what draws from none, such as a tunnel whose requests are counted inside it.</summary>
    public const string Counted = "counted";

    /// <summary>The one value.</summary>
    public const string IsCounted = "yes";
}
