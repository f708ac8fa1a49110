// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using System.Globalization;
using Cagent.Grpc.Server;
using Cagent.Xds;
using Cagent.Xds.Resources;
using Envoy.Config.Cluster.V3;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

await using ServiceProvider services = new ServiceCollection().AddMetrics().AddLogging().BuildServiceProvider();
ILoggerFactory loggers = services.GetRequiredService<ILoggerFactory>();
IMeterFactory meters = services.GetRequiredService<IMeterFactory>();
using XdsServer xds = new(new XdsServerOptions { GroupOf = node => node.Cluster }, TimeProvider.System, loggers, meters, sources: []);
xds.Nacked += report => Console.WriteLine($"{report.Node.Id} refused {report.TypeUrl}: {report.Text}");

GrpcServerOptions options = new() { MaxReceiveMessageSize = 16 << 20 };
options.Endpoints.Add(GrpcEndpoint.Loopback(int.Parse(args[0], CultureInfo.InvariantCulture)));
await using GrpcServer server = GrpcServer.Create(options, [.. xds.Services], loggers, TimeProvider.System);
await server.StartAsync(CancellationToken.None);
Console.WriteLine($"serving on {server.BoundEndpoints[0]}");

for (int revision = 1; Console.ReadLine() is { } name; revision++)
{
    XdsResource cluster = XdsResource.Create(XdsType.Cluster.TypeUrl, name, new Cluster { Name = name });
    xds.Publish("egress", XdsSnapshot.Create($"revision-{revision}", [cluster]));
    bool isInForce = await xds.WaitForAckAsync($"revision-{revision}", XdsType.Cluster.TypeUrl, TimeSpan.FromSeconds(5), CancellationToken.None);
    Console.WriteLine($"revision-{revision} is {(isInForce ? "in force" : "not accepted by everyone")}");
}
