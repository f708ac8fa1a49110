// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using System.Net.Sockets;
using Cagent.ControlPlane.Envoys;
using Cagent.ControlPlane.Unix;
using Cagent.TestKit.Files;
using Cagent.TestKit.Logging;
using Cagent.TestKit.Waiting;
using Microsoft.Extensions.DependencyInjection;

namespace Cagent.ControlPlane.Tests.Envoys;

/// <summary>A state directory with a bootstrap, and supervisors for it. Ends every Envoy that was started in it.</summary>
internal sealed class SupervisedFolder : IAsyncDisposable
{
    public const string AdminOnly = "admin: {address: {pipe: {path: run/admin.sock, mode: 384}}}\n";

    private readonly TemporaryFolder _folder = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly List<EnvoySupervisor> _supervisors = [];
    private readonly BoundedLog<EnvoyProcessState> _states = new(1000);
    private readonly Socket _echo = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private int _restarts;

    public SupervisedFolder(string bootstrap = AdminOnly)
    {
        State = StateDirectory.Open(_folder.Combine("state"));
        Bootstrap = Path.Combine(State.Envoy, "bootstrap.yaml");
        File.WriteAllText(Bootstrap, bootstrap);
        Sockets = SocketPaths.Choose(State.Root);
        Admin = new EnvoyAdminClient(Sockets.Admin);
        Listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == "cagent.envoy.restarts" && instrument.Meter.Scope == _services.GetRequiredService<IMeterFactory>())
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        Listener.SetMeasurementEventCallback<long>((_, value, _, _) => Interlocked.Add(ref _restarts, (int)value));
        Listener.Start();
    }

    public StateDirectory State { get; }

    public string Bootstrap { get; }

    public SocketPaths Sockets { get; }

    public EnvoyAdminClient Admin { get; }

    public MeterListener Listener { get; }

    public RecordingLogger<EnvoySupervisor> Logger { get; } = new();

    public IReadOnlyList<EnvoyProcessState> States => _states.Snapshot();

    public int Restarts => Volatile.Read(ref _restarts);

    public string PathOf(string name) => _folder.Combine(name);

    public EnvoySupervisor Supervisor(string binary, bool allowsVulnerable = false)
    {
        EnvoySupervisorOptions options = new()
        {
            BinaryPath = binary,
            BootstrapPath = Bootstrap,
            WorkingDirectory = State.Root,
            RunDirectory = State.Run,
            AdminSocketPath = Sockets.Admin,
            Concurrency = 1,
            AllowVulnerable = allowsVulnerable,
            MinBackOff = TimeSpan.FromMilliseconds(5),
            MaxBackOff = TimeSpan.FromMilliseconds(20),
        };
        EnvoySupervisor supervisor = new(options, new EnvoyMetrics(_services.GetRequiredService<IMeterFactory>()), TimeProvider.System, Logger);
        supervisor.StateChanged += _states.Add;
        _supervisors.Add(supervisor);
        return supervisor;
    }

    /// <summary>Accepts on <c>run/echo.sock</c> and sends back what comes.</summary>
    public void ServeEcho()
    {
        _echo.Bind(new UnixDomainSocketEndPoint(Path.Combine(State.Run, "echo.sock")));
        _echo.Listen(256);
        _ = AcceptAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _echo.Dispose();
        foreach (EnvoySupervisor supervisor in _supervisors)
        {
            await supervisor.DisposeAsync();
        }
        foreach (ProcessIdentity stray in StrayEnvoys.Find(Bootstrap))
        {
            stray.Signal(UnixApi.SignalKill);
        }
        Listener.Dispose();
        Admin.Dispose();
        await _services.DisposeAsync();
        State.Dispose();
        _folder.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = EchoAsync(await _echo.AcceptAsync());
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The folder is being disposed.
        }
    }

    private static async Task EchoAsync(Socket socket)
    {
        await using NetworkStream stream = new(socket, ownsSocket: true);
        try
        {
            await stream.CopyToAsync(stream);
        }
        catch (IOException)
        {
            // The tunnel was cut.
        }
    }
}
