// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Policy.Diagnostics;

/// <summary>What a diagnostic means for the policy it was found in.</summary>
public enum DiagnosticSeverity
{
    /// <summary>The policy loads; a careful reader would change it.</summary>
    Warning,

    /// <summary>The policy does not load.</summary>
    Error,
}
