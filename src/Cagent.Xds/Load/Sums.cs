// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Xds.Load;

/// <summary>Sums of numbers that a client may have made up.</summary>
internal static class Sums
{
    /// <summary>The sum, or the largest number when it is larger.</summary>
    public static ulong Add(ulong left, ulong right) => ulong.MaxValue - left < right ? ulong.MaxValue : left + right;
}
