// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Text.Json;
using Cagent.EnvoyApi;
using Cagent.Xds.Resources;
using Cagent.Xds.Tests.Authorization;
using Cagent.Xds.Tests.Streams;
using Envoy.Config.Cluster.V3;
using Envoy.Extensions.Upstreams.Http.V3;
using Google.Protobuf;
using Http2ProtocolOptions = Envoy.Config.Core.V3.Http2ProtocolOptions;

namespace Cagent.Xds.Tests.Fetch;

/// <summary>REST xDS as a client sees it, over HTTP/1.1.</summary>
public sealed class RestTests
{
    private const string Node = """{"node": {"id": "n", "cluster": "c"}}""";

    [Theory]
    [InlineData("listeners", "lds")]
    [InlineData("clusters", "cds")]
    [InlineData("endpoints", "eds")]
    [InlineData("routes", "rds")]
    [InlineData("scoped-routes", "srds")]
    [InlineData("secrets", "sds")]
    [InlineData("runtime", "rtds")]
    [InlineData("extension_configs", "ecds")]
    public async Task EveryType_HasItsPath(string path, string type)
    {
        await using XdsHost host = await XdsHost.StartAsync();
        await using RestHost rest = await RestHost.StartAsync(host.Server);
        string typeUrl = Snapshots.Type(type).TypeUrl;
        // An empty message is one of every type.
        host.Server.Publish(XdsSnapshot.Create("r1", [XdsResource.FromBytes(typeUrl, "a", ByteString.Empty)]));

        (HttpStatusCode status, JsonElement body) = await rest.PostAsync(path, Node);

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(typeUrl, body.GetProperty("type_url").GetString());
        Assert.Equal(typeUrl, Assert.Single(body.GetProperty("resources").EnumerateArray()).GetProperty("@type").GetString());
    }

    [Fact]
    public async Task Content_IsTheJsonOfProto3_WithNestedAny()
    {
        await using XdsHost host = await XdsHost.StartAsync();
        await using RestHost rest = await RestHost.StartAsync(host.Server);
        Cluster cluster = WithOptions("a");
        host.Server.Publish(XdsSnapshot.Create("r1", [XdsResource.Create(XdsType.Cluster.TypeUrl, "a", cluster)]));

        (_, JsonElement body) = await rest.PostAsync("clusters", Node);

        JsonParser parser = new(JsonParser.Settings.Default.WithTypeRegistry(EnvoyTypes.Registry));
        var any = parser.Parse<Google.Protobuf.WellKnownTypes.Any>(body.GetProperty("resources")[0].GetRawText());
        Assert.Equal(cluster, any.Unpack<Cluster>());
    }

    [Fact]
    public async Task EqualVersion_IsNotModified_UntilSomethingChanges()
    {
        await using XdsHost host = await XdsHost.StartAsync();
        await using RestHost rest = await RestHost.StartAsync(host.Server);
        host.Server.Publish(Clusters("r1", "a", "b"));
        string version = await VersionAsync(rest, "[]");
        string versionOfA = await VersionAsync(rest, """["a"]""");

        Assert.Equal(HttpStatusCode.NotModified, (await PostAsync(rest, version, "[]")).Status);
        Assert.Equal(HttpStatusCode.NotModified, (await PostAsync(rest, version, """["*"]""")).Status);
        Assert.Equal(HttpStatusCode.NotModified, (await PostAsync(rest, versionOfA, """["a"]""")).Status);
        // The same type and revision, and more names: the client does not have them.
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(rest, versionOfA, """["a", "b"]""")).Status);

        host.Server.Publish(Clusters("r2", "a", "b", "c"));

        Assert.Equal(HttpStatusCode.OK, (await PostAsync(rest, version, "[]")).Status);
        Assert.Equal(HttpStatusCode.NotModified, (await PostAsync(rest, versionOfA, """["a"]""")).Status);
    }

    [Fact]
    public async Task Version_IsThatOfAStream()
    {
        await using XdsHost host = await XdsHost.StartAsync();
        await using RestHost rest = await RestHost.StartAsync(host.Server);
        XdsSnapshot snapshot = Clusters("r1", "a", "b");
        host.Server.Publish(snapshot);

        Assert.Equal(snapshot.Of(XdsType.Cluster.TypeUrl).Version, await VersionAsync(rest, "[]"));
    }

    [Fact]
    public async Task WithoutASnapshot_ItIsUnavailable_AndNotEmpty()
    {
        await using XdsHost host = await XdsHost.StartAsync();
        await using RestHost rest = await RestHost.StartAsync(host.Server);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await rest.PostAsync("clusters", Node)).Status);
    }

    [Theory]
    [InlineData("unknown type")]
    [InlineData("unknown field")]
    [InlineData("no message")]
    public async Task ContentThatJsonWouldLose_IsRefused(string what)
    {
        await using XdsHost host = await XdsHost.StartAsync();
        await using RestHost rest = await RestHost.StartAsync(host.Server);
        Cluster cluster = WithOptions("a");
        cluster.TypedExtensionProtocolOptions["x"] = what switch
        {
            "unknown type" => new() { TypeUrl = "type.googleapis.com/no.such.Message" },
            // Field 1000, a number.
            "unknown field" => new() { TypeUrl = EnvoyTypes.TypeUrl(HttpProtocolOptions.Descriptor), Value = ByteString.CopyFrom(0xC0, 0x3E, 1) },
            _ => new() { TypeUrl = EnvoyTypes.TypeUrl(HttpProtocolOptions.Descriptor), Value = ByteString.CopyFrom(0xFF) },
        };
        host.Server.Publish(XdsSnapshot.Create("r1", [XdsResource.Create(XdsType.Cluster.TypeUrl, "a", cluster)]));

        Assert.Equal(HttpStatusCode.NotImplemented, (await rest.PostAsync("clusters", Node)).Status);
    }

    [Theory]
    [InlineData("clusters", """{"node": {"id": "stranger"}}""", HttpStatusCode.Forbidden)]
    [InlineData("clusters", """{"node": {"id": "broken"}}""", HttpStatusCode.ServiceUnavailable)]
    [InlineData("clusters", "{}", HttpStatusCode.BadRequest)]
    [InlineData("clusters", "{", HttpStatusCode.BadRequest)]
    [InlineData("clusters", """{"node": 5}""", HttpStatusCode.BadRequest)]
    [InlineData("clusters", """{"node": {"id": "n"}, "type_url": "type.googleapis.com/envoy.config.listener.v3.Listener"}""", HttpStatusCode.BadRequest)]
    [InlineData("clusters", """{"node": {"id": "n"}, "resource_names": ["a", "b", "c"]}""", HttpStatusCode.TooManyRequests)]
    [InlineData("no-such-type", Node, HttpStatusCode.NotFound)]
    public async Task BadRequests_AreRefusedWithTheirStatus(string path, string json, HttpStatusCode wanted)
    {
        await using XdsHost host = await XdsHost.StartAsync(new XdsServerOptions { Authorizer = new TestAuthorizer(), MaxNamesPerSubscription = 2 });
        await using RestHost rest = await RestHost.StartAsync(host.Server);
        host.Server.Publish(Clusters("r1", "a"));

        (HttpStatusCode status, JsonElement body) = await rest.PostAsync(path, json);

        Assert.Equal(wanted, status);
        Assert.NotEmpty(body.GetProperty("message").GetString()!);
    }

    [Fact]
    public async Task LargeBodies_AndOtherMethods_AreRefused()
    {
        await using XdsHost host = await XdsHost.StartAsync(new XdsServerOptions { MaxRequestBytes = 2048 });
        await using RestHost rest = await RestHost.StartAsync(host.Server);
        host.Server.Publish(Clusters("r1", "a"));

        Assert.Equal(HttpStatusCode.TooManyRequests, (await rest.PostAsync("clusters", new string(' ', 4096) + Node)).Status);
        Assert.Equal(HttpStatusCode.NotImplemented, await rest.GetAsync("/v3/discovery:clusters"));
        Assert.Equal(HttpStatusCode.NotFound, await rest.GetAsync("/"));
    }

    [Fact]
    public async Task FieldsOfANewerClient_AreIgnored()
    {
        await using XdsHost host = await XdsHost.StartAsync();
        await using RestHost rest = await RestHost.StartAsync(host.Server);
        host.Server.Publish(Clusters("r1", "a"));

        (HttpStatusCode status, _) = await rest.PostAsync("clusters", """{"node": {"id": "n", "no_such_field": [1]}, "other": {}}""");

        Assert.Equal(HttpStatusCode.OK, status);
    }

    private static XdsSnapshot Clusters(string revision, params string[] names) => XdsSnapshot.Create(
        revision, names.Select(name => XdsResource.Create(XdsType.Cluster.TypeUrl, name, new Cluster { Name = name })));

    private static Cluster WithOptions(string name) => new()
    {
        Name = name,
        TypedExtensionProtocolOptions =
        {
            ["envoy.extensions.upstreams.http.v3.HttpProtocolOptions"] = EnvoyTypes.Pack(new HttpProtocolOptions
            {
                ExplicitHttpConfig = new HttpProtocolOptions.Types.ExplicitHttpConfig { Http2ProtocolOptions = new Http2ProtocolOptions() },
            }),
        },
    };

    private static Task<(HttpStatusCode Status, JsonElement Body)> PostAsync(RestHost rest, string version, string names) =>
        rest.PostAsync("clusters", $$"""{"node": {"id": "n"}, "version_info": "{{version}}", "resource_names": {{names}}}""");

    private static async Task<string> VersionAsync(RestHost rest, string names)
    {
        (HttpStatusCode status, JsonElement body) = await PostAsync(rest, "", names);
        Assert.Equal(HttpStatusCode.OK, status);
        return body.GetProperty("version_info").GetString()!;
    }
}
