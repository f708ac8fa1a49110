// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using Cagent.Cli;
using Cagent.Cli.Authz;
using Cagent.ControlPlane.Budgets;
using Cagent.ControlPlane.Credentials;
using Cagent.ControlPlane.Publishing;
using Cagent.ControlPlane.Revisions;
using Cagent.ExtAuthz;
using Cagent.Grpc.Server;
using Cagent.Policy.Diagnostics;
using Cagent.Secrets;
using Cagent.Secrets.Credentials;
using Google.Protobuf;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Authorization = Envoy.Service.Auth.V3.Authorization;

namespace Cagent.Server.Authz;

/// <summary><c>cagent authz serve</c>: one policy, the decision engine and its gRPC service, and nothing else.</summary>
internal static class AuthzRunner
{
    public static async Task<int> RunAsync(AuthzServeSettings settings, CancellationToken cancellationToken)
    {
        using StopSignals stop = new(cancellationToken);
        if (await BuildAsync(settings).ConfigureAwait(false) is not { } revision)
        {
            return 1;
        }

        try
        {
            await ServeAsync(settings.Port, revision, stop.Token).ConfigureAwait(false);
            return 0;
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            await Console.Error.WriteLineAsync($"cagent: cannot listen on 127.0.0.1:{settings.Port}: {exception.Message}").ConfigureAwait(false);
            return 1;
        }
    }

    private static async Task<Revision?> BuildAsync(AuthzServeSettings settings)
    {
        DependencyReading policy = DependencyReading.FromDisk(settings.Policy);
        if (policy.AsText() is { Text: null } unreadable)
        {
            await Console.Error.WriteLineAsync($"{settings.Policy}: error: the file {unreadable.Problem}").ConfigureAwait(false);
            return null;
        }

        DeploymentInputs nothing = new(new IPEndPoint(IPAddress.Loopback, 3128), [new IPEndPoint(IPAddress.Loopback, 53)], ByteString.Empty);
        RevisionBuildResult built = new RevisionBuilder(nothing, TimeProvider.System).Build(settings.Policy, policy.Content, settings.Overlays, DependencyReading.FromDisk);
        foreach (Diagnostic diagnostic in built.Diagnostics)
        {
            await Console.Error.WriteLineAsync(diagnostic.ToString()).ConfigureAwait(false);
        }

        return built.Revision;
    }

    private static async Task ServeAsync(int port, Revision revision, CancellationToken stop)
    {
        ServiceProvider services = new ServiceCollection()
            .AddMetrics()
            .AddLogging()
            .AddCredentials(_ => new CredentialStoreOptions())
            .AddSingleton<IRevisionSource>(new OneRevision(revision))
            .AddSingleton<IRequestBudgets, UncountedBudgets>()
            .AddExtAuthz(options => options.AnswersWithoutIdentity = true)
            .BuildServiceProvider();
        await using (services.ConfigureAwait(false))
        {
            services.GetRequiredService<ICredentialStore>().Configure(revision.Credentials);
            GrpcServer server = GrpcServer.Create(
                new GrpcServerOptions { Endpoints = { GrpcEndpoint.Loopback(port) }, ShutdownGrace = TimeSpan.FromSeconds(2) },
                [Authorization.BindService(services.GetRequiredService<AuthzService>())],
                services.GetRequiredService<ILoggerFactory>(), TimeProvider.System);
            await using (server.ConfigureAwait(false))
            {
                await server.StartAsync(stop).ConfigureAwait(false);
                await Console.Out.WriteLineAsync($"ready {server.BoundEndpoints[0]} revision={revision.Id.ShortForm}").ConfigureAwait(false);
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                await server.StopAsync(CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    private sealed class OneRevision(Revision revision) : IRevisionSource
    {
        public event Action<Revision>? Published
        {
            add { }
            remove { }
        }

        public Revision? Current => revision;
    }
}
