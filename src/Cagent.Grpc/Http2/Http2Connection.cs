// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.IO.Pipelines;
using Cagent.Grpc.Http2.Frames;
using Cagent.Grpc.Http2.Output;
using Cagent.Grpc.Http2.Streams;
using Cagent.Grpc.Server;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Cagent.Grpc.Http2;

/// <summary>
/// The server's end of one HTTP/2 connection (RFC 9113), on a connection that Kestrel has accepted and whose TLS it has done. One loop reads frames;
/// handlers run on the pool and send for themselves. The parts: reading in <c>.Read</c>, frames in <c>.Frames</c> and <c>.Headers</c>, the table of streams in
/// <c>.Streams</c>, time in <c>.Watch</c>, the end in <c>.End</c>.
/// </summary>
internal sealed partial class Http2Connection
{
    private readonly ConnectionContext _transport;
    private readonly Http2Environment _environment;
    private readonly PipeReader _input;

    /// <param name="transport">The connection.</param>
    /// <param name="environment">What the server's connections share.</param>
    /// <param name="isPlain">Whether bytes may go to the socket as they are.</param>
    public Http2Connection(ConnectionContext transport, Http2Environment environment, bool isPlain)
    {
        _transport = transport;
        _environment = environment;
        _input = transport.Transport.Input;
        Features = new FeatureCollection(transport.Features);
        Features.Set<IHttpConnectionFeature>(new ConnectionAddresses(transport));
        IByteSink sink = isPlain && transport.Features.Get<IConnectionSocketFeature>() is { } socket
            ? new SocketSink(socket.Socket)
            : new PipeSink(transport.Transport.Output);
        Output = new ConnectionOutput(sink, environment.Batches, environment.Time) { Broken = OnBroken };
        _resets = new RateBudget(checked(environment.MaxStreams * Http2Limits.ResetsPerStream), environment.Time);
        _idleFrames = new RateBudget(Http2Limits.IdleFrames, environment.Time);
        _ended = new EndedStreams(environment.MaxStreams);
        _lastReceived = _opened = environment.Time.GetTimestamp();
    }

    public string Id => _transport.ConnectionId;

    public ConnectionOutput Output { get; }

    /// <summary>The features that all streams of the connection have.</summary>
    public FeatureCollection Features { get; }

    public IHttpApplication<IFeatureCollection> Application => _environment.Application;

    public ILogger Logger => _environment.Logger;

    /// <summary>Serves the connection. Completes when it has ended and no handler of it runs.</summary>
    public async Task RunAsync()
    {
        CancellationToken closing = _transport.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? default;
        using CancellationTokenRegistration registration = closing.UnsafeRegister(static state => ((Http2Connection)state!).CloseGracefully(), this);
        _transport.Features.Get<IConnectionHeartbeatFeature>()?.OnHeartbeat(static state => ((Http2Connection)state).Tick(), this);
        Http2ErrorCode code = Http2ErrorCode.NoError;
        try
        {
            if (await ReadPrefaceAsync().ConfigureAwait(false))
            {
                Open();
                await ReadFramesAsync().ConfigureAwait(false);
            }
        }
        catch (Http2ConnectionException e)
        {
            GrpcLog.ConnectionRefused(Logger, Id, e.Code, e.Message);
            code = e.Code;
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The client is gone, or the server has cut it off.
            GrpcLog.ConnectionLost(Logger, e, Id);
            _isLost = true;
        }
        catch (Exception e)
        {
            GrpcLog.RequestFailed(Logger, e, Id);
            code = Http2ErrorCode.InternalError;
        }

        await EndAsync(code).ConfigureAwait(false);
    }

    /// <summary>The server's preface: its settings, and the connection's window that the protocol has no setting for (section 6.9.2).</summary>
    private void Open()
    {
        const int settingSize = 6;
        const int protocolWindow = 65_535;
        ReadOnlySpan<(ushort Id, int Value)> settings =
        [
            (Settings.MaxConcurrentStreams, _environment.MaxStreams),
            (Settings.InitialWindowSize, Http2Limits.StreamWindow),
            (Settings.MaxHeaderListSize, Http2Limits.HeaderListSize),
        ];
        Span<byte> payload = stackalloc byte[settings.Length * settingSize];
        for (int i = 0; i < settings.Length; i++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(payload[(i * settingSize)..], settings[i].Id);
            BinaryPrimitives.WriteInt32BigEndian(payload[((i * settingSize) + sizeof(ushort))..], settings[i].Value);
        }

        lock (Output.Sync)
        {
            Output.Add(FrameType.Settings, FrameFlags.None, 0, payload);
            Output.Add(FrameType.WindowUpdate, 0, Http2Limits.ConnectionWindow - protocolWindow);
            _isOpen = true;
        }

        Output.Flush();
    }
}
