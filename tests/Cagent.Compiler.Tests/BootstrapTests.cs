// SPDX-License-Identifier: Apache-2.0
using Cagent.Compiler.Envoy;
using Cagent.EnvoyApi;
using Envoy.Config.Bootstrap.V3;
using Google.Protobuf;

namespace Cagent.Compiler.Tests;

/// <summary>The bootstrap is a constant of the deployment: any change to it restarts every Envoy, so it stands here in full.</summary>
public sealed class BootstrapTests
{
    private static readonly JsonFormatter Formatter = new(JsonFormatter.Settings.Default
        .WithPreserveProtoFieldNames(true).WithTypeRegistry(EnvoyTypes.Registry).WithIndentation());

    private static readonly string Golden = Path.Combine(GoldenCase.Root, "..", "golden-bootstrap", "bootstrap.json");

    [Fact]
    public void Emit_Bootstrap_IsAsCommitted()
    {
        string actual = Formatter.Format(Bootstraps.Emit(new BootstrapInputs("envoy"))) + "\n";
        if (Environment.GetEnvironmentVariable("CAGENT_UPDATE_GOLDEN") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Golden)!);
            File.WriteAllText(Golden, actual);
        }

        Assert.Equal(File.ReadAllText(Golden), actual);
    }

    [Fact]
    public void Emit_OtherInputs_ChangeNothingElse()
    {
        Bootstrap one = Bootstraps.Emit(new BootstrapInputs("one", 1 << 30));
        Bootstrap two = Bootstraps.Emit(new BootstrapInputs("two", 2 << 29));
        two.Node.Id = "one";
        Assert.Equal(one, two);
    }

    /// <summary>No TCP port but the proxy's own: whoever shares the network with Envoy must reach neither admin nor cut.</summary>
    [Fact]
    public void Emit_EveryAddress_IsAPrivatePipe()
    {
        Bootstrap bootstrap = Bootstraps.Emit(new BootstrapInputs("envoy"));
        Assert.Equal(0x180u, bootstrap.Admin.Address.Pipe.Mode);
        Assert.All(bootstrap.StaticResources.Listeners, listener => Assert.Equal(0x180u, listener.Address.Pipe.Mode));
        Assert.All(
            bootstrap.StaticResources.Clusters.SelectMany(cluster => cluster.LoadAssignment.Endpoints).SelectMany(endpoints => endpoints.LbEndpoints),
            endpoint => Assert.NotNull(endpoint.Endpoint.Address.Pipe));
    }
}
