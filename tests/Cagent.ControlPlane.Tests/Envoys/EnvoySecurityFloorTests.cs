// SPDX-License-Identifier: Apache-2.0
using Cagent.ControlPlane.Envoys;
using Cagent.Xds.Nodes;

namespace Cagent.ControlPlane.Tests.Envoys;

/// <summary>Rows H1 to H3 of the attacks: which Envoys may enforce a policy.</summary>
public sealed class EnvoySecurityFloorTests
{
    [Theory]
    [InlineData("0.0.0", false)]
    [InlineData("0.99.99", false)]
    [InlineData("1.0.0", false)]
    [InlineData("1.35.99", false)]
    [InlineData("1.36.0", false)]
    [InlineData("1.36.9", false)]
    [InlineData("1.36.10", true)]
    [InlineData("1.36.11", true)]
    [InlineData("1.37.5", false)]
    [InlineData("1.37.6", true)]
    [InlineData("1.37.10", true)]
    [InlineData("1.38.3", false)]
    [InlineData("1.38.4", true)]
    [InlineData("1.39.0", false)]
    [InlineData("1.39.1", true)]
    [InlineData("1.40.0", true)]
    [InlineData("1.40.1", true)]
    [InlineData("1.41.0", true)]
    [InlineData("1.100.0", true)]
    [InlineData("2.0.0", true)]
    public void Attack_H1_Version_IsHeldAgainstTheFloorOfItsLine(string version, bool isSafe) =>
        Assert.Equal(isSafe, EnvoySecurityFloor.IsSafe(Version.Parse(version), ""));

    [Theory]
    [InlineData("1.36.10", false)]
    [InlineData("1.37.6", false)]
    [InlineData("1.38.4", false)]
    [InlineData("1.39.1", false)]
    [InlineData("1.40.0", false)]
    [InlineData("1.40.1", true)]
    [InlineData("1.41.0", true)]
    [InlineData("1.35.11", false)]
    public void Attack_H1_BuildBeforeTheFloorsRelease_IsBelowIt(string version, bool isSafe) =>
        Assert.Equal(isSafe, EnvoySecurityFloor.IsSafe(Version.Parse(version), "dev"));

    [Theory]
    [InlineData("envoy", "1.40.0", EnvoyStanding.Safe)]
    [InlineData("envoy", "1.39.0", EnvoyStanding.BelowFloor)]
    [InlineData("envoy", null, EnvoyStanding.VersionUnknown)]
    [InlineData("", null, EnvoyStanding.VersionUnknown)]
    [InlineData("", "1.40.0", EnvoyStanding.NotEnvoy)]
    [InlineData("Envoy", "1.40.0", EnvoyStanding.NotEnvoy)]
    [InlineData("envoy ", "1.40.0", EnvoyStanding.NotEnvoy)]
    [InlineData("gRPC Go", "1.60.0", EnvoyStanding.NotEnvoy)]
    public void Judge_Program_SaysWhatItIs(string name, string? version, EnvoyStanding standing) =>
        Assert.Equal(standing, EnvoySecurityFloor.Judge(new NodeProgram(name, version is null ? null : Version.Parse(version), "")));

    [Fact]
    public void Floors_AreOneALineAndAscend()
    {
        Assert.Equal(EnvoySecurityFloor.Floors.Order(), EnvoySecurityFloor.Floors);
        Assert.Distinct(EnvoySecurityFloor.Floors.Select(floor => (floor.Major, floor.Minor)));
        Assert.Equal("1.36.10, 1.37.6, 1.38.4, 1.39.1, 1.40.0 or newer", EnvoySecurityFloor.Text);
    }

    /// <summary>What the product is tested with must itself be let in.</summary>
    [Fact]
    public void Tested_IsSafe() => Assert.True(EnvoySecurityFloor.IsSafe(EnvoyBinary.Tested, ""));
}
