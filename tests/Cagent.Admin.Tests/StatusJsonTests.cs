// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Cagent.Contracts;
using Cagent.Contracts.Admin.V1;

namespace Cagent.Admin.Tests;

/// <summary>The JSON shape that programs read: names of the proto, states in lower case, lists always there.</summary>
public sealed class StatusJsonTests
{
    [Theory]
    [InlineData(PolicyState.Starting, "starting")]
    [InlineData(PolicyState.Publishing, "publishing")]
    [InlineData(PolicyState.Effective, "effective")]
    [InlineData(PolicyState.Invalid, "invalid")]
    [InlineData(PolicyState.Rejected, "rejected")]
    public void Render_EachPolicyState_IsInLowerCase(PolicyState state, string expected)
    {
        JsonNode root = Render(new DeploymentStatus { Policy = new PolicyStatus { State = state } });
        Assert.Equal(expected, (string?)root["policy"]!["state"]);
    }

    [Fact]
    public void Render_NothingHappened_HasItsListsAndNoRevision()
    {
        JsonNode root = Render(new DeploymentStatus { Policy = new PolicyStatus { State = PolicyState.Publishing } });
        Assert.Empty(root["nacks"]!.AsArray());
        Assert.Empty(root["nodes"]!.AsArray());
        Assert.Empty(root["policy"]!["diagnostics"]!.AsArray());
        Assert.Null(root["policy"]!["revision"]);
    }

    [Fact]
    public void Render_Everything_KeepsTheNamesOfTheProto()
    {
        JsonNode root = Render(new DeploymentStatus
        {
            Policy = new PolicyStatus { State = PolicyState.Rejected, RefusedRevision = "b" },
            Nacks = { new Nack { Node = "envoy", Type = "t", Resources = { "api" }, Text = "<no> \"such\" thing" } },
            Nodes = { new Node { Id = "envoy", UserAgent = "envoy 1.40.0", Types_ = { new NodeType { Type = "t", Acked = "a", Resources = 3 } } } },
            Envoy = new EnvoyProcess { State = EnvoyState.BackingOff, Attempt = 2 },
        });
        Assert.Equal("b", (string?)root["policy"]!["refused_revision"]);
        Assert.Equal("api", (string?)root["nacks"]![0]!["resources"]![0]);
        Assert.Equal("<no> \"such\" thing", (string?)root["nacks"]![0]!["text"]);
        Assert.Equal("envoy 1.40.0", (string?)root["nodes"]![0]!["user_agent"]);
        Assert.Equal("a", (string?)root["nodes"]![0]!["types"]![0]!["acked"]);
        Assert.Equal("backing_off", (string?)root["envoy"]!["state"]);
    }

    [Fact]
    public void Render_NotIndented_IsOneLine() =>
        Assert.DoesNotContain('\n', StatusJson.Render(new DeploymentStatus { Nacks = { new Nack { Text = "a\nb" } } }, isIndented: false));

    private static JsonNode Render(DeploymentStatus status) => JsonNode.Parse(StatusJson.Render(status))!;
}
