// SPDX-License-Identifier: Apache-2.0
using Cagent.Compiler.Envoy;
using Envoy.Config.Cluster.V3;

namespace Cagent.Compiler.Tests;

/// <summary>A cluster's name in statistics: what metric systems take, and what still tells one entry from another.</summary>
public sealed class EnvoyNamesTests
{
    [Theory]
    [InlineData("gate@api.example.com:443", "gate_api_example_com_443")]
    [InlineData("gate@*.example.com:443", "gate_any_example_com_443")]
    [InlineData("gate@**.example.com:443", "gate_all_example_com_443")]
    [InlineData("wild@443/ca@/etc/ca.pem", "wild_443_ca__etc_ca_pem")]
    [InlineData("up@[2001:db8::1]:80", "up__2001_db8__1__80")]
    public void StatName_AnyCluster_HasLettersDigitsAndUnderscoresOnly(string cluster, string expected) => Assert.Equal(expected, EnvoyNames.StatName(cluster));

    [Theory]
    [MemberData(nameof(GoldenCase.All), MemberType = typeof(GoldenCase))]
    public void StatName_ClustersOfACase_AreAllDifferent(string name)
    {
        string[] names = [.. GoldenCase.Load(name).Resources.Select(resource => resource.Message).OfType<Cluster>().Select(cluster => cluster.AltStatName)];
        Assert.Equal(names.Length, names.Distinct().Count());
        Assert.DoesNotContain("", names);
    }
}
