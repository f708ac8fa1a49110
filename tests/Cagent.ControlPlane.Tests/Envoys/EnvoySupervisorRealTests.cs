// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Cagent.ControlPlane.Envoys;
using Cagent.ControlPlane.Unix;
using Cagent.TestKit.Processes;
using Cagent.TestKit.Waiting;
using Microsoft.Extensions.Logging;

namespace Cagent.ControlPlane.Tests.Envoys;

public sealed class EnvoySupervisorRealTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static string Binary => TestKit.Processes.EnvoyBinary.Require();

    [EnvoyFact]
    public async Task StartAsync_RealEnvoy_BecomesReadyAndStopsWithinFiveSeconds()
    {
        await using SupervisedFolder folder = new();
        EnvoySupervisor supervisor = folder.Supervisor(Binary);
        int pid = await RunAsync(supervisor);
        await Eventually.TrueAsync(() => folder.Admin.IsReadyAsync(CancellationToken.None), Patience);
        using JsonDocument info = await folder.Admin.ServerInfoAsync(CancellationToken.None);
        Assert.Equal("LIVE", info.RootElement.GetProperty("state").GetString());
        Assert.Equal(1, (await folder.Admin.StatsAsync("^server\\.live$", CancellationToken.None))["server.live"]);

        long start = TimeProvider.System.GetTimestamp();
        await supervisor.StopAsync();
        Assert.InRange(TimeProvider.System.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromSeconds(5));
        Assert.Null(ProcessIdentity.OfRunning(pid));
        Assert.False(File.Exists(Path.Combine(folder.State.Run, "envoy.pid")));
        Assert.Equal([typeof(EnvoyProcessState.Starting), typeof(EnvoyProcessState.Running), typeof(EnvoyProcessState.Stopped)],
            folder.States.Select(state => state.GetType()));
        Assert.DoesNotContain(folder.Logger.Entries, entry => entry.Level >= LogLevel.Error);
        Assert.Contains(folder.Logger.Entries, entry => entry.Id == 1227 && entry.Text.Contains("starting main dispatch loop", StringComparison.Ordinal));
    }

    [EnvoyFact]
    public async Task Supervise_EnvoyKilled_IsBackWithinThreeSeconds()
    {
        await using SupervisedFolder folder = new();
        EnvoySupervisor supervisor = folder.Supervisor(Binary);
        int pid = await RunAsync(supervisor);
        long start = TimeProvider.System.GetTimestamp();
        UnixApi.Signal(pid, UnixApi.SignalKill);
        await Eventually.TrueAsync(() => supervisor.State is EnvoyProcessState.Running running && running.Pid != pid, Patience);
        await Eventually.TrueAsync(() => folder.Admin.IsReadyAsync(CancellationToken.None), Patience);
        Assert.InRange(TimeProvider.System.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromSeconds(3));
        Assert.Equal(1, folder.Restarts);
        Assert.Contains(new EnvoyProcessState.BackingOff(1, TimeSpan.Zero, 137), folder.States);
    }

    [EnvoyFact]
    public async Task StartAsync_EnvoyOfAKilledControlPlane_IsAdoptedAndStopped()
    {
        await using SupervisedFolder folder = new();
        int pid = await LeaveBehindAsync(folder);
        EnvoySupervisor second = folder.Supervisor(Binary);
        Assert.Equal(pid, await RunAsync(second));
        Assert.Equal(new EnvoyProcessState.Running(pid, IsAdopted: true), second.State);
        await second.StopAsync();
        Assert.Null(ProcessIdentity.OfRunning(pid));
    }

    [EnvoyFact]
    public async Task Supervise_AdoptedEnvoyKilled_IsStartedAgain()
    {
        await using SupervisedFolder folder = new();
        int pid = await LeaveBehindAsync(folder);
        EnvoySupervisor second = folder.Supervisor(Binary);
        await RunAsync(second);
        UnixApi.Signal(pid, UnixApi.SignalKill);
        await Eventually.TrueAsync(() => second.State is EnvoyProcessState.Running { IsAdopted: false }, Patience);
    }

    [EnvoyFact]
    public async Task StartAsync_OtherBootstrapThanTheRunningOne_ReplacesIt()
    {
        await using SupervisedFolder folder = new();
        int pid = await LeaveBehindAsync(folder);
        File.AppendAllText(folder.Bootstrap, "node: {id: other, cluster: c}\n");
        Assert.NotEqual(pid, await RunAsync(folder.Supervisor(Binary)));
        Assert.Null(ProcessIdentity.OfRunning(pid));
    }

    [EnvoyFact]
    public async Task StartAsync_EnvoyWithoutAPidFile_IsEndedNotShared()
    {
        await using SupervisedFolder folder = new();
        int pid = await LeaveBehindAsync(folder);
        File.Delete(Path.Combine(folder.State.Run, "envoy.pid"));
        Assert.NotEqual(pid, await RunAsync(folder.Supervisor(Binary)));
        Assert.Null(ProcessIdentity.OfRunning(pid));
    }

    [EnvoyFact]
    public async Task Supervise_BadBootstrap_SaysWhatEnvoySays()
    {
        await using SupervisedFolder folder = new("admin: {address: nonsense}\n");
        await folder.Supervisor(Binary).StartAsync(CancellationToken.None);
        await Eventually.TrueAsync(() => folder.Logger.Has(1224), Patience);
        Assert.Contains("admin", folder.Logger.Entries.First(entry => entry.Id == 1224).Text, StringComparison.OrdinalIgnoreCase);
    }

    [EnvoyFact]
    public async Task Supervise_LogTooLarge_IsRotatedAndStillRead()
    {
        await using SupervisedFolder folder = new();
        string log = Path.Combine(folder.State.Run, "envoy.log");
        EnvoySupervisor supervisor = folder.Supervisor(Binary);
        await RunAsync(supervisor);
        await using (FileStream file = new(log, FileMode.Append, FileAccess.Write, FileShare.ReadWrite))
        {
            file.SetLength(9 * 1024 * 1024);
        }
        await Eventually.TrueAsync(() => File.Exists(log + ".1") && File.Exists(log) && new FileInfo(log).Length < 1024 * 1024, Patience);
        Assert.IsType<EnvoyProcessState.Running>(supervisor.State);
    }

    private static async Task<int> RunAsync(EnvoySupervisor supervisor)
    {
        await supervisor.StartAsync(CancellationToken.None);
        await Eventually.TrueAsync(() => supervisor.State is EnvoyProcessState.Running, Patience);
        return ((EnvoyProcessState.Running)supervisor.State).Pid;
    }

    /// <summary>Starts Envoy as the supervisor does and then forgets it, as a control plane does that is killed.</summary>
    private static async Task<int> LeaveBehindAsync(SupervisedFolder folder)
    {
        EnvoySupervisorOptions options = new()
        {
            BinaryPath = Binary,
            BootstrapPath = folder.Bootstrap,
            WorkingDirectory = folder.State.Root,
            RunDirectory = folder.State.Run,
            AdminSocketPath = folder.Sockets.Admin,
            Concurrency = 1,
        };
        ControlPlane.Envoys.EnvoyBinary binary =
            await ControlPlane.Envoys.EnvoyBinary.InspectAsync(Binary, TimeProvider.System, CancellationToken.None);
        EnvoyCommandLine command = EnvoyCommandLine.Build(binary, options);
        using EnvoyProcess process = EnvoyProcess.Start(command, options.WorkingDirectory, _ => { }, TimeProvider.System);
        new EnvoyPidFile(process.Identity.Pid, process.Identity.StartTicks, command.Hash).Write(folder.State.Run);
        await Eventually.TrueAsync(() => folder.Admin.AnswersAsync(CancellationToken.None), Patience);
        return process.Identity.Pid;
    }
}
