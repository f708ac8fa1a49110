// SPDX-License-Identifier: Apache-2.0
using Cagent.Attack;

namespace Cagent.Cli.Attacking;

/// <summary>The exit codes of <c>cagent attack</c>.</summary>
internal static class AttackExitCodes
{
    /// <summary>Every attack that was tried is blocked.</summary>
    public const int Blocked = 0;

    /// <summary>Something got through.</summary>
    public const int GotThrough = 1;

    /// <summary>It could not be told.</summary>
    public const int Untried = 2;

    public static int Of(AttackVerdict verdict) => verdict switch
    {
        AttackVerdict.Passed => Blocked,
        AttackVerdict.Failed => GotThrough,
        _ => Untried,
    };
}
