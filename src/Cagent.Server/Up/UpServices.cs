// SPDX-License-Identifier: Apache-2.0
using Cagent.Admin;
using Cagent.Audit;
using Cagent.Budgets;
using Cagent.Cli;
using Cagent.ControlPlane;
using Cagent.ControlPlane.Credentials;
using Cagent.ControlPlane.Envoys;
using Cagent.ControlPlane.Publishing;
using Cagent.ControlPlane.Unix;
using Cagent.ExtAuthz;
using Cagent.Secrets;
using Cagent.Server.Logging;
using Cagent.Xds;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Cagent.Server.Up;

/// <summary>Everything that <c>up</c> runs, wired.</summary>
internal static class UpServices
{
    /// <summary>Longer than tunnels are cut for: what a cluster carries that Envoy no longer has can be ended by nothing.</summary>
    private static readonly TimeSpan RemovalGrace = new TunnelCutterOptions().GiveUpAfter + TimeSpan.FromSeconds(2);

    public static ServiceProvider Build(UpSettings settings, StateDirectory state, SocketPaths sockets, DeploymentInputs deployment)
    {
        IServiceCollection services = new ServiceCollection()
            .AddSingleton(TimeProvider.System)
            .AddMetrics()
            .AddLogging(logging => Configure(logging, settings))
            .AddSingleton(provider => new XdsServerOptions
            {
                AckTimeout = TimeSpan.FromSeconds(2.5),
                RemovalGrace = RemovalGrace,
                Authorizer = provider.GetRequiredService<EnvoyVersionGate>(),
            })
            .AddSingleton<XdsServer>()
            .AddCagentSecrets(options =>
            {
                options.StateFolder = state.Root;
                options.ProxyNames = ProxyNames.Of(settings, deployment.OwnAddresses);
                options.Leaves.Lifetime = settings.LeafLifetime;
            })
            .AddControlPlane(new ControlPlaneOptions
            {
                PolicyFile = settings.Policy,
                Overlays = settings.Overlays,
                RevisionsFolder = state.Revisions,
                QuarantineFile = state.Quarantine,
                Deployment = deployment,
                AllowVulnerableEnvoy = settings.AllowVulnerableEnvoy,
            })
            .AddEnvoySockets(sockets)
            .AddSingleton(_ => Placeholders.Open(state.Root))
            .AddExtAuthz()
            .AddCagentAudit(options => options.StateFolder = state.Root)
            .AddBudgets(options => options.StateFolder = state.Root)
            .AddAdmin(new AdminOptions { JournalFile = Path.Combine(state.Logs, "admin.log") });
        return services.BuildServiceProvider();
    }

    public static EnvoySupervisorOptions Envoy(UpSettings settings, StateDirectory state, SocketPaths sockets, string binary, string bootstrap) => new()
    {
        BinaryPath = binary,
        BootstrapPath = bootstrap,
        WorkingDirectory = sockets.Home,
        RunDirectory = state.Run,
        AdminSocketPath = sockets.Admin,
        Concurrency = settings.Concurrency,
        AllowVulnerable = settings.AllowVulnerableEnvoy,
    };

    /// <summary>To standard error: standard output is for the panel and the line <c>ready</c>.</summary>
    private static void Configure(ILoggingBuilder logging, UpSettings settings)
    {
        logging.SetMinimumLevel(Enum.Parse<LogLevel>(settings.LogLevel, ignoreCase: true));
        // The framework's own chatter about endpoints is not about policy.
        logging.AddFilter("Microsoft", LogLevel.Warning);
        logging.AddConsole(console =>
        {
            console.LogToStandardErrorThreshold = LogLevel.Trace;
            console.FormatterName = settings.LogFormat == LogFormat.Json ? ConsoleFormatterNames.Json : LineFormatter.FormatterName;
        });
        logging.AddConsoleFormatter<LineFormatter, ConsoleFormatterOptions>();
        logging.AddJsonConsole(console => console.UseUtcTimestamp = true);
        if (settings.LogFormat == LogFormat.Text)
        {
            logging.Services.Configure<ConsoleLoggerOptions>(console => console.FormatterName = LineFormatter.FormatterName);
        }
    }
}
