// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Attack;

/// <summary>What came of one attack. The default value proves nothing.</summary>
public enum AttackVerdict
{
    /// <summary>It could not be told: something that the attack stands on did not work.</summary>
    Inconclusive,

    /// <summary>It was not run, for the reason that is given.</summary>
    Skipped,

    /// <summary>It succeeded, or could, outside of what the proxy can enforce here; with <c>--isolated</c> this is a failure.</summary>
    Warning,

    /// <summary>It was blocked as it should be.</summary>
    Passed,

    /// <summary>It got through, or was answered in a way that it should not.</summary>
    Failed,
}
