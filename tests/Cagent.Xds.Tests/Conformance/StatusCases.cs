// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Tests.Authorization;
using Cagent.Xds.Tests.Streams;
using Envoy.Admin.V3;
using Envoy.Config.Core.V3;
using Envoy.Service.Status.V3;
using Envoy.Type.Matcher.V3;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace Cagent.Xds.Tests.Conformance;

/// <summary>Case X1: the status service.</summary>
public sealed class StatusCases : IAsyncLifetime
{
    private XdsHost _host = null!;

    public static TheoryData<string> All => [.. Variants.All];

    public async Task InitializeAsync() =>
        _host = await XdsHost.StartAsync(ConformanceFixture.Options with { Authorizer = new TestAuthorizer() });

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [MemberData(nameof(All))]
    public async Task X1_EveryState_IsReached(string variant)
    {
        using Scene scene = new(_host, Variants.Of(variant));
        scene.Change("cds/A=v1", "eds/A=v1", "rds/R=v1");
        await scene.Client.WildcardAsync("cds");
        await scene.Client.TakeAsync("cds");
        await ExpectAsync(scene, "cds/A STALE REQUESTED v1");
        await scene.Client.AckAsync("cds");
        await ExpectAsync(scene, "cds/A SYNCED ACKED v1");
        scene.Set("cds", "A", "v2");
        await scene.Client.TakeAsync("cds");
        await ExpectAsync(scene, "cds/A STALE ACKED v2");
        scene.Set("cds", "A", "v3");
        await ExpectAsync(scene, "cds/A NOT_SENT ACKED v3");
        await scene.Client.AckAsync("cds");
        await scene.Client.TakeAsync("cds");
        await scene.Client.NackAsync("cds", "Error adding/updating cluster(s) A: bad\nport");
        ClientConfig.Types.GenericXdsConfig cluster = (await ExpectAsync(scene, "cds/A ERROR NACKED v3")).Single();
        Assert.Equal("Error adding/updating cluster(s) A: bad port", cluster.ErrorState.Details);
        Assert.Equal(Snapshots.Version("cds/A=v3"), cluster.ErrorState.VersionInfo);
        Assert.Equal(cluster.VersionInfo, cluster.ErrorState.VersionInfo);
        Assert.NotNull(cluster.LastUpdated);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task X1_MissingName_IsNotSent(string variant)
    {
        using Scene scene = new(_host, Variants.Of(variant));
        scene.Set("eds", "A");
        await scene.Client.SubscribeAsync("eds", "A", "Z");
        await scene.Client.NextAsync("eds");
        if (scene.Client.Variant.IsDelta)
        {
            // The missing name is told in a response of its own.
            await scene.Client.NextAsync("eds");
        }

        await ExpectAsync(scene, "eds/A SYNCED ACKED v1", "eds/Z NOT_SENT " + (Variants.Of(variant).IsDelta ? "DOES_NOT_EXIST -" : "REQUESTED -"));
    }

    [Fact]
    public async Task X1_Secrets_AreRedacted()
    {
        using Scene scene = new(_host, Variants.Of("IA"));
        scene.Change("sds/leaf=hunter2", "cds/A=v1");
        await scene.Client.SubscribeAsync("sds", "leaf");
        await scene.Client.NextAsync("sds");
        await StreamTests.Until(() => _host.Server.Nodes.Any(node => node.Node.Id == scene.Node));
        ClientStatusResponse response = await FetchAsync(scene.Node);
        Assert.DoesNotContain("hunter2", response.ToString(), StringComparison.Ordinal);
        Any body = response.Config[0].GenericXdsConfigs.Single().XdsConfig;
        Assert.Equal("leaf", Envoy.Extensions.TransportSockets.Tls.V3.Secret.Parser.ParseFrom(body.Value).Name);
    }

    [Fact]
    public async Task X1_ContentsAndNodes_AreChosenByTheRequest()
    {
        using Scene one = new(_host, Variants.Of("IA"));
        using Scene two = new(_host, Variants.Of("SN"));
        foreach (Scene scene in new[] { one, two })
        {
            scene.Change("cds/A=v1", "lds/L=v1");
            await scene.Client.SendAsync("cds", new DriverRequest("") { Node = Identify(scene.Node, scene == one ? "blue" : "red") });
            await scene.Client.NextAsync("cds");
            await scene.Client.SendAsync("lds", new DriverRequest("") { Node = Identify(scene.Node, scene == one ? "blue" : "red") });
            await scene.Client.NextAsync("lds");
        }

        Assert.Equal([one.Node, two.Node], await NodesAsync(new ClientStatusRequest()));
        ClientStatusRequest byMetadata = new() { ExcludeResourceContents = true, NodeMatchers = { new NodeMatcher { NodeMetadatas = { Metadata("red") } } } };
        Assert.Equal([two.Node], await NodesAsync(byMetadata));
        byMetadata.NodeMatchers[0].NodeId = new StringMatcher { Exact = one.Node };
        Assert.Empty(await NodesAsync(byMetadata));
        byMetadata.NodeMatchers.Add(new NodeMatcher { NodeId = new StringMatcher { SafeRegex = new RegexMatcher { Regex = one.Node + "|x" } } });
        Assert.Equal([one.Node], await NodesAsync(byMetadata));

        using AsyncDuplexStreamingCall<ClientStatusRequest, ClientStatusResponse> call = Client.StreamClientStatus(TestAuthorizer.Token);
        foreach (bool isExcluded in new[] { true, false })
        {
            await call.RequestStream.WriteAsync(new ClientStatusRequest { ExcludeResourceContents = isExcluded });
            Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(XdsHost.Patience));
            // A node with a stream for each type is one client.
            Assert.Equal(4, call.ResponseStream.Current.Config.Sum(client => client.GenericXdsConfigs.Count));
            Assert.All(call.ResponseStream.Current.Config.SelectMany(client => client.GenericXdsConfigs), config => Assert.Equal(isExcluded, config.XdsConfig is null));
        }
    }

    [Theory]
    [InlineData("(")]
    [InlineData("")]
    [InlineData("(a)\\1")]
    public async Task X1_BadMatcher_IsInvalidArgument(string regex)
    {
        ClientStatusRequest request = new() { NodeMatchers = { new NodeMatcher { NodeId = new StringMatcher { SafeRegex = new RegexMatcher { Regex = regex } } } } };
        RpcException refusal = await Assert.ThrowsAsync<RpcException>(() => NodesAsync(request));
        Assert.Equal(StatusCode.InvalidArgument, refusal.StatusCode);
    }

    private ClientStatusDiscoveryService.ClientStatusDiscoveryServiceClient Client => new(_host.Invoker);

    private static Node Identify(string id, string color) => new()
    {
        Id = id,
        Metadata = new Struct { Fields = { ["site"] = Value.ForStruct(new Struct { Fields = { ["color"] = Value.ForString(color) } }) } },
    };

    private static StructMatcher Metadata(string color) => new()
    {
        Path = { new StructMatcher.Types.PathSegment { Key = "site" }, new StructMatcher.Types.PathSegment { Key = "color" } },
        Value = new ValueMatcher { StringMatch = new StringMatcher { Prefix = color[..2] } },
    };

    private async Task<string[]> NodesAsync(ClientStatusRequest request)
    {
        ClientStatusResponse response = await Client.FetchClientStatusAsync(request, TestAuthorizer.Token).ResponseAsync.WaitAsync(XdsHost.Patience);
        return [.. response.Config.Select(client => client.Node.Id)];
    }

    private async Task<ClientStatusResponse> FetchAsync(string node)
    {
        ClientStatusRequest request = new() { NodeMatchers = { new NodeMatcher { NodeId = new StringMatcher { Exact = node } } } };
        return await Client.FetchClientStatusAsync(request, TestAuthorizer.Token).ResponseAsync.WaitAsync(XdsHost.Patience);
    }

    // The server may not have read the client's last word yet, so the states are awaited.
    private async Task<IReadOnlyList<ClientConfig.Types.GenericXdsConfig>> ExpectAsync(Scene scene, params string[] states)
    {
        string last = "";
        long start = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(start) < XdsHost.Patience)
        {
            ClientStatusResponse response = await FetchAsync(scene.Node);
            if (response.Config.Count == 1)
            {
                last = string.Join("; ", response.Config[0].GenericXdsConfigs.Select(Describe));
                if (last == string.Join("; ", states))
                {
                    return response.Config[0].GenericXdsConfigs;
                }
            }
        }

        Assert.Fail($"expected {string.Join("; ", states)}, last {last}");
        return [];
    }

    private static string Describe(ClientConfig.Types.GenericXdsConfig config)
    {
        Assert.True(Cagent.Xds.Resources.XdsType.TryFind(config.TypeUrl, out Cagent.Xds.Resources.XdsType? type));
        string status = config.ConfigStatus switch
        {
            ConfigStatus.NotSent => "NOT_SENT",
            ConfigStatus.Synced => "SYNCED",
            ConfigStatus.Stale => "STALE",
            ConfigStatus.Error => "ERROR",
            _ => "?",
        };
        string client = config.ClientStatus switch
        {
            ClientResourceStatus.Requested => "REQUESTED",
            ClientResourceStatus.DoesNotExist => "DOES_NOT_EXIST",
            ClientResourceStatus.Acked => "ACKED",
            ClientResourceStatus.Nacked => "NACKED",
            _ => "?",
        };
        string body = config.XdsConfig?.Value.ToStringUtf8() ?? "-";
        return $"{type!.ShortName}/{config.Name} {status} {client} {body.Split('=')[^1]}";
    }
}
