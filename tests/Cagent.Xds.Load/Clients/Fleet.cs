// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Cagent.LoadClient;
using Cagent.Xds.Load.Peers;
using Envoy.Service.Discovery.V3;

namespace Cagent.Xds.Load.Clients;

/// <summary>Many clients of one server, each with a connection of its own. A round ends when every client has what it expects.</summary>
internal sealed class Fleet : IDisposable
{
    // The kernel's queue of connections that wait to be accepted holds 512 at most servers; what does not fit waits a second.
    private const int ConnectingAtOnce = 256;
    private const int BufferSize = 32 * 1024;
    private readonly XdsPeer _peer;
    private readonly bool _isDelta;
    private readonly LoadConnection[] _connections;
    private volatile Target _target;
    private XdsLoadStream? _captured;
    private MemoryStream? _capture;
    private long _responses;
    private long _resources;

    public Fleet(XdsPeer peer, bool isDelta, int count)
    {
        _peer = peer;
        _isDelta = isDelta;
        _connections = new LoadConnection[count];
        _target = new Target(0, 0, new Countdown(count));
    }

    public (int Number, int Expected) Round => (_target.Round, _target.Expected);

    /// <summary>Responses of all clients since the start.</summary>
    public long Responses => Interlocked.Read(ref _responses);

    /// <summary>Resources in them.</summary>
    public long Resources => Interlocked.Read(ref _resources);

    /// <summary>Starts a round in which each client expects a number of resources; await what it gives.</summary>
    public Task Begin(int expected)
    {
        Countdown countdown = new(_connections.Length);
        _target = new Target(_target.Round + 1, expected, countdown);
        return countdown.Done;
    }

    /// <summary>Connects and subscribes all clients, as fast as it goes. Take the round's task before.</summary>
    public async Task OpenAsync(IReadOnlyDictionary<string, string> held) =>
        await Parallel.ForAsync(0, _connections.Length, new ParallelOptions { MaxDegreeOfParallelism = ConnectingAtOnce }, async (i, _) =>
        {
            LoadConnection connection = await LoadConnection.OpenAsync(_peer.Xds, Requests.Path(_isDelta), BufferSize, Fail);
            _connections[i] = connection;
            XdsLoadStream stream = new(this, _isDelta);
            if (i == 0)
            {
                _capture = new MemoryStream();
                _captured = stream;
            }

            connection.Start(stream, Requests.First(_isDelta, string.Create(CultureInfo.InvariantCulture, $"load-{i:d5}"), held), isLast: false);
            connection.Flush();
        });

    /// <summary>Names and versions of what the first client got until now; what it gets later is not kept.</summary>
    public Dictionary<string, string> TakeVersions()
    {
        byte[] bytes = _capture!.ToArray();
        _captured = null;
        Dictionary<string, string> versions = [];
        for (int at = 0; at < bytes.Length && _isDelta;)
        {
            int length = (bytes[at + 1] << 24) | (bytes[at + 2] << 16) | (bytes[at + 3] << 8) | bytes[at + 4];
            at += GrpcFrame.HeaderSize;
            foreach (Resource resource in DeltaDiscoveryResponse.Parser.ParseFrom(bytes, at, length).Resources)
            {
                versions[resource.Name] = resource.Version;
            }

            at += length;
        }

        return versions;
    }

    public void Capture(XdsLoadStream stream, ReadOnlySpan<byte> bytes)
    {
        if (ReferenceEquals(stream, _captured))
        {
            _capture!.Write(bytes);
        }
    }

    public void NoteResponse(int resources)
    {
        Interlocked.Increment(ref _responses);
        Interlocked.Add(ref _resources, resources);
    }

    public void Signal() => _target.Countdown.Signal();

    public void Fail(string reason) => _target.Countdown.Fail(reason);

    public void Dispose()
    {
        foreach (LoadConnection? connection in _connections)
        {
            connection?.Dispose();
        }
    }

    private sealed record Target(int Round, int Expected, Countdown Countdown);
}
