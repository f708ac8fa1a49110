// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using System.Net;
using System.Text.RegularExpressions;
using Cagent.Grpc.Server;
using Cagent.TestKit.Logging;
using Cagent.TestKit.Sockets;
using Cagent.TestKit.Waiting;
using Cagent.Xds.Resources;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Cagent.Xds.Clients.Tests.Hosting;

/// <summary>
/// An xDS server on one port of loopback, over plain HTTP/2, that can be stopped and started again as a new process would be:
/// nothing but the published snapshot outlives it. Disposal fails on an error log and on a rejection.
/// </summary>
internal sealed partial class RestartablePlane : IAsyncDisposable
{
    private const int StreamOpened = 1100;
    private const int Rejected = 1102;
    private const int UnknownType = 1103;
    private const int ResponseSent = 1104;

    // A client behind a connection that hangs must not be counted for minutes.
    private static readonly TimeSpan Ping = TimeSpan.FromSeconds(2);
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly List<RecordingLoggerFactory> _earlier = [];
    private RecordingLoggerFactory _logs = new();
    private GrpcServer? _transport;
    private XdsSnapshot? _published;

    /// <summary>Whether rejections are part of the test.</summary>
    public bool ExpectsRejections { get; set; }

    public int Port { get; } = FreePort.Find(IPAddress.Loopback);

    public XdsServer Server { get; private set; } = null!;

    /// <summary>The short names of the types of all responses since the last start, oldest first.</summary>
    public IReadOnlyList<string> Sent =>
        [.. _logs.Entries.Where(entry => entry.Id == ResponseSent).Select(entry => TypeOfResponse().Match(entry.Text).Groups[1].Value)];

    /// <summary>How many streams have said who they are since the last start.</summary>
    public int StreamsOpened => _logs.Entries.Count(entry => entry.Id == StreamOpened);

    /// <summary>What was logged since the last start, for a failure's message.</summary>
    public string Log => string.Join('\n', _logs.Entries.Where(entry => entry.Id is >= 1100 and < 1200).Select(entry => entry.Text));

    public static async Task<RestartablePlane> StartAsync(XdsSnapshot snapshot)
    {
        RestartablePlane plane = new() { _published = snapshot };
        await plane.StartAgainAsync();
        return plane;
    }

    /// <summary>Makes a snapshot the wanted state, now and after a restart.</summary>
    public void Publish(XdsSnapshot snapshot)
    {
        _published = snapshot;
        Server.Publish(snapshot);
    }

    /// <summary>Publishes, and waits until every client that subscribes to one of the types has accepted them.</summary>
    public async Task PublishAsync(XdsSnapshot snapshot, params XdsType[] types)
    {
        Publish(snapshot);
        foreach (XdsType type in types)
        {
            Assert.True(
                await Server.WaitForAckAsync(snapshot.Revision, type.TypeUrl, Eventually.Patience, CancellationToken.None),
                $"no ACK of {type} at {snapshot.Revision}:\n{Log}");
        }
    }

    /// <summary>Waits until the streams of clients subscribe to all four types.</summary>
    public Task SubscribedAsync() => Eventually.TrueAsync(
        () => Server.Nodes.SelectMany(node => node.Types).Select(type => type.TypeUrl).Distinct().Count() == 4,
        Eventually.Patience, "subscriptions to LDS, RDS, CDS and EDS");

    public async Task StopAsync()
    {
        Server.Stop();
        await _transport!.DisposeAsync();
        Server.Dispose();
        _transport = null;
    }

    /// <summary>Starts a server that knows nothing of the one before, on the same port.</summary>
    public async Task StartAgainAsync()
    {
        _earlier.Add(_logs);
        _logs = new RecordingLoggerFactory();
        Server = new XdsServer(
            new XdsServerOptions { AckTimeout = TimeSpan.FromSeconds(5), RemovalGrace = TimeSpan.FromMilliseconds(50), MaxHalvings = 32, LoadReportInterval = TimeSpan.FromMilliseconds(200) },
            TimeProvider.System, _logs, _services.GetRequiredService<IMeterFactory>(), []);
        Server.Publish(_published!);
        GrpcServerOptions options = new() { MaxReceiveMessageSize = 16 * 1024 * 1024, KeepAlivePingDelay = Ping, KeepAlivePingTimeout = Ping };
        options.Endpoints.Add(GrpcEndpoint.Loopback(Port));
        _transport = GrpcServer.Create(options, [.. Server.Services], _logs, TimeProvider.System);
        await _transport.StartAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        if (_transport is not null)
        {
            await StopAsync();
        }

        await _services.DisposeAsync();
        Assert.DoesNotContain(
            _earlier.Append(_logs).SelectMany(log => log.Entries),
            entry => entry.Level >= LogLevel.Error || entry.Id is UnknownType || (entry.Id is Rejected && !ExpectsRejections));
    }

    [GeneratedRegex(@"^Sent (\w+) to")]
    private static partial Regex TypeOfResponse();
}
