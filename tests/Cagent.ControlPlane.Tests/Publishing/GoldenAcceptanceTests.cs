// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using Cagent.Compiler;
using Cagent.ControlPlane.Publishing;
using Cagent.ControlPlane.Revisions;
using Cagent.Policy;
using Cagent.TestKit.Certificates;
using Cagent.TestKit.Files;
using Cagent.TestKit.Processes;
using Cagent.TestKit.Sockets;
using Cagent.TestKit.Waiting;
using Cagent.Xds.Nodes;
using Cagent.Xds.Resources;
using Envoy.Config.Route.V3;
using Google.Protobuf;

namespace Cagent.ControlPlane.Tests.Publishing;

/// <summary>
/// What the compiler's golden cases show is what Envoy takes: the real one, which refuses unknown fields, accepts every
/// type of every case, one after the other as a policy would change, and refuses what is broken on purpose.
/// </summary>
public sealed class GoldenAcceptanceTests : IDisposable
{
    private static readonly string Golden = Path.Combine(RepositoryRoot.Path, "tests", "Cagent.Compiler.Tests", "golden");

    private readonly TestCa _ca = new();
    private readonly DeploymentInputs _deployment;
    private readonly RevisionBuilder _builder;
    private readonly RevisionBuilder _transparent;
    private readonly RevisionBuilder _connected;
    private readonly TemporaryFolder _sockets = new();

    public GoldenAcceptanceTests()
    {
        _deployment = new DeploymentInputs(new IPEndPoint(IPAddress.Loopback, FreePort.Find(IPAddress.Loopback)), [new IPEndPoint(IPAddress.Loopback, 53)], ByteString.CopyFromUtf8(_ca.RootPem));
        _builder = new RevisionBuilder(_deployment, TimeProvider.System);
        _transparent = new RevisionBuilder(
            _deployment with
            {
                Transparent = new TransparentListen([Free(IPAddress.Loopback), Free(IPAddress.IPv6Loopback)], [Free(IPAddress.Loopback), Free(IPAddress.IPv6Loopback)]),
                OwnAddresses = [IPAddress.Parse("198.41.0.4")],
            }, TimeProvider.System);
        _connected = new RevisionBuilder(
            _deployment with
            {
                Agents = new AgentListen
                {
                    Named = AgentListen.None.Named.Add("batch", ListenAddress.Of(Free(IPAddress.Loopback))),
                    Sockets = _sockets.Path,
                    MutualTls = Free(IPAddress.Loopback),
                    TrustBundles = AgentListen.None.TrustBundles.Add("example.org", "/on/no/disk/example.org.pem").Add("partner.example", "/on/no/disk/partner.example.pem"),
                },
            }, TimeProvider.System);
    }

    public void Dispose()
    {
        _ca.Dispose();
        _sockets.Dispose();
    }

    private static IPEndPoint Free(IPAddress address) => new(address, FreePort.Find(address));

    [EnvoyFact]
    public async Task Publish_EveryGoldenCase_IsAcceptedByEnvoy()
    {
        string[] cases = [.. Directory.EnumerateDirectories(Golden).Order(StringComparer.Ordinal)];
        Assert.InRange(cases.Length, 25, int.MaxValue);
        await using EnvoyUnderXds envoy = await EnvoyUnderXds.StartAsync();
        foreach (string folder in cases)
        {
            XdsSnapshot snapshot = File.Exists(Path.Combine(folder, "features.txt")) ? CompileWith(Enum.Parse<PolicyFeatures>(File.ReadAllText(Path.Combine(folder, "features.txt"))), folder) : Build(folder).Snapshot;
            envoy.Server.Publish(snapshot);
            foreach (string type in snapshot.TypeUrls)
            {
                await envoy.AcceptedAsync(snapshot.Revision, type);
                Assert.True(envoy.Nacks.Count == 0, $"{Path.GetFileName(folder)}: {string.Join('\n', envoy.Nacks.Select(nack => nack.Text))}");
            }
        }
    }

    [EnvoyFact]
    public async Task Publish_BrokenRoute_IsRefused()
    {
        NackReport nack = await NackOfAsync(resource =>
        {
            if (resource.Message is RouteConfiguration { Name: "web" } routes)
            {
                RouteConfiguration broken = routes.Clone();
                broken.VirtualHosts.Add(broken.VirtualHosts[0].Clone()); // its name and domains stand twice
                return XdsResource.Create(resource.TypeUrl, resource.Name, broken);
            }

            return null;
        });
        Assert.Equal(XdsType.Routes.TypeUrl, nack.TypeUrl);
        Assert.Equal("web", Assert.Single(nack.Suspects));
    }

    /// <summary>A field that this Envoy does not know might have been the one that denies.</summary>
    [EnvoyFact]
    public async Task Publish_UnknownField_IsRefused()
    {
        NackReport nack = await NackOfAsync(resource => resource.Name == "in@bump"
            ? XdsResource.FromBytes(resource.TypeUrl, resource.Name, ByteString.CopyFrom([.. resource.Message.ToByteArray(), 0xC0, 0xBB, 0x01, 0x01]))
            : null);
        Assert.Equal(XdsType.Cluster.TypeUrl, nack.TypeUrl);
        Assert.Contains("unknown", nack.Text, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>A listener whose rate limits are not there yet takes no connection, although Envoy has accepted it.</summary>
    [EnvoyFact]
    public async Task Publish_WithoutRateLimits_HoldsTheListener()
    {
        Revision revision = Build(Path.Combine(Golden, "complete"));
        XdsResource[] resources = [.. revision.Compiled.Resources.Select(resource => XdsResource.FromBytes(resource.TypeUrl, resource.Name, resource.Body))];
        await using EnvoyUnderXds envoy = await EnvoyUnderXds.StartAsync();
        envoy.Server.Publish(XdsSnapshot.Create("without", resources.Where(resource => !resource.Name.StartsWith("limits@", StringComparison.Ordinal))));
        await envoy.AcceptedAsync("without", XdsType.Listener.TypeUrl);
        await envoy.AcceptedAsync("without", XdsType.Routes.TypeUrl);
        Assert.False(await IsOpenAsync());

        envoy.Server.Publish(XdsSnapshot.Create("whole", resources));
        await envoy.AcceptedAsync("whole", XdsType.ExtensionConfig.TypeUrl);
        await Eventually.TrueAsync(IsOpenAsync, EnvoyUnderXds.Patience, "the listener is open");
        Assert.Empty(envoy.Nacks);

        async Task<bool> IsOpenAsync()
        {
            using Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(_deployment.Listen);
                return true;
            }
            catch (SocketException)
            {
                return false;
            }
        }
    }

    /// <summary>Publishes the case "complete" with some resources replaced.</summary>
    private async Task<NackReport> NackOfAsync(Func<EnvoyResource, XdsResource?> broken)
    {
        Revision revision = Build(Path.Combine(Golden, "complete"));
        await using EnvoyUnderXds envoy = await EnvoyUnderXds.StartAsync();
        envoy.Server.Publish(XdsSnapshot.Create("broken", revision.Compiled.Resources.Select(
            resource => broken(resource) ?? XdsResource.Create(resource.TypeUrl, resource.Name, resource.Message))));
        await envoy.NackedAsync();
        return envoy.Nacks[0];
    }

    /// <summary>A case that no revision is made of in this build: it uses what the compiler knows and the data plane does not yet.</summary>
    private XdsSnapshot CompileWith(PolicyFeatures features, string folder)
    {
        PolicyLoadResult loaded = PolicyLoader.Load(File.ReadAllText(Path.Combine(folder, "cagent.yaml")), "cagent.yaml", new PolicyLoadOptions { Honoured = features });
        Assert.True(loaded.Policy is not null, string.Join('\n', loaded.Diagnostics));
        CompiledPolicy compiled = PolicyCompiler.Compile(loaded.Policy, new CompilerInputs
        {
            Listen = _deployment.Listen,
            SystemResolvers = _deployment.SystemResolvers,
            PublicCa = _deployment.PublicCa,
        });
        return XdsSnapshot.Create(Path.GetFileName(folder), compiled.Resources.Select(resource => XdsResource.FromBytes(resource.TypeUrl, resource.Name, resource.Body)));
    }

    private Revision Build(string folder)
    {
        string file = Path.Combine(folder, "cagent.yaml");
        string overlay = Path.Combine(folder, "overlay.yaml");
        // A file of the case, or a CA that it names and that is on no disk.
        string name = Path.GetFileName(folder);
        RevisionBuilder builder = name == "agents-by-connection" ? _connected : name.StartsWith("transparent", StringComparison.Ordinal) ? _transparent : _builder;
        RevisionBuildResult result = builder.Build(file, [.. File.ReadAllBytes(file)], File.Exists(overlay) ? [overlay] : [], path => File.Exists(path)
            ? DependencyReading.FromDisk(path)
            : new DependencyReading([.. System.Text.Encoding.ASCII.GetBytes(_ca.RootPem)], null));
        Assert.True(result.Revision is not null, string.Join('\n', result.Diagnostics));
        return result.Revision;
    }
}
