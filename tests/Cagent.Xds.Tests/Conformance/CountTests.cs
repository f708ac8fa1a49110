// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Xds.Tests.Conformance;

/// <summary>The suite has as many rows as the protocol notes count: SN 24, SA 26, IN 22, IA 26.</summary>
public sealed class CountTests
{
    [Fact]
    public void SubscriptionCases_AreNinetyEight()
    {
        object[][] rows =
        [
            .. SubscriptionCases.S1Rows, .. SubscriptionCases.S2Rows, .. SubscriptionCases.S3Rows, .. SubscriptionCases.S4Rows,
            .. SubscriptionCases.S5Rows, .. SubscriptionCases.S6Rows, .. SubscriptionCases.S7Rows, .. SubscriptionCases.S8Rows,
            .. SubscriptionCases.S9Rows, .. SubscriptionCases.U1Rows, .. SubscriptionCases.U2Rows, .. SubscriptionCases.U3Rows,
            .. DeltaCases.Rows, .. DeltaCases.Rows, .. DeltaCases.Rows, .. DeltaCases.Rows, .. DeltaCases.Rows, .. DeltaCases.D6Rows,
        ];
        Dictionary<string, int> byVariant = rows.GroupBy(row => (string)row[0]).ToDictionary(group => group.Key, group => group.Count());
        Assert.Equal(new Dictionary<string, int> { ["SN"] = 24, ["SA"] = 26, ["IN"] = 22, ["IA"] = 26 }, byVariant);
    }
}
