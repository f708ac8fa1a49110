// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Xds.Load.Cases;

/// <summary>The rows of the report, in its order. A domain is a cluster of 300 bytes.</summary>
internal static class AllCases
{
    private const int Small = 100;
    private const int Large = 1024;
    private const int Domain = 300;

    public static IReadOnlyList<XdsCase> List { get; } =
    [
        new XdsCase("delta-10k-5000", IsDelta: true, 100, Small, 5000, 9, 5),
        new XdsCase("sotw-10k-5000", IsDelta: false, 100, Small, 5000, 9, 5),
        new XdsCase("delta-1m-1000", IsDelta: true, 1000, Large, 1000, 5, 3),
        new XdsCase("sotw-1m-1000", IsDelta: false, 1000, Large, 1000, 3, 3),
        new XdsCase("delta-1m-5000", IsDelta: true, 1000, Large, 5000, 5, 0),
        new XdsCase("delta-d100-1000", IsDelta: true, 100, Domain, 1000, 9, 5),
        new XdsCase("delta-d1000-1000", IsDelta: true, 1000, Domain, 1000, 9, 3),
        new XdsCase("delta-d10000-1000", IsDelta: true, 10_000, Domain, 1000, 5, 1),
        new XdsCase("delta-d100-5000", IsDelta: true, 100, Domain, 5000, 9, 3),
        new XdsCase("delta-d1000-5000", IsDelta: true, 1000, Domain, 5000, 5, 1),
        new XdsCase("delta-d10000-5000", IsDelta: true, 10_000, Domain, 5000, 3, 0),
        new XdsCase("sotw-d100-1000", IsDelta: false, 100, Domain, 1000, 9, 5),
        new XdsCase("sotw-d1000-1000", IsDelta: false, 1000, Domain, 1000, 5, 3),
        new XdsCase("sotw-d10000-1000", IsDelta: false, 10_000, Domain, 1000, 1, 1),
    ];
}
