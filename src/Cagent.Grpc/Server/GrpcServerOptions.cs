// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using Cagent.Grpc.Health;
using Grpc.Core.Interceptors;

namespace Cagent.Grpc.Server;

/// <summary>The settings of a <see cref="GrpcServer"/>; read once, by <see cref="GrpcServer.Create"/>.</summary>
public sealed class GrpcServerOptions
{
    /// <summary>Where to listen; at least one.</summary>
    public IList<GrpcEndpoint> Endpoints { get; } = [];

    /// <summary>Run around the handlers of every service, the first outermost.</summary>
    public IList<Interceptor> Interceptors { get; } = [];

    /// <summary>The largest request message in bytes, also after decompression. Default: 4 MiB. Range: 1 B to 1 GiB.</summary>
    public int MaxReceiveMessageSize { get; set; } = 4 * 1024 * 1024;

    /// <summary>The largest response message in bytes, before compression. Default: 64 MiB. Range: 1 B to 1 GiB.</summary>
    public int MaxSendMessageSize { get; set; } = 64 * 1024 * 1024;

    /// <summary>
    /// How long 64 KiB of one stream may wait for its client before the stream is reset. Default: 30 s.
    /// It is per stream: a rate limit per connection would let one slow stream end all others.
    /// </summary>
    public TimeSpan WriteTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long <see cref="GrpcServer.StopAsync"/> may take in all: what still runs then is cut off with its connection. Default: 5 s.</summary>
    public TimeSpan ShutdownGrace { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Told to report NOT_SERVING for everything when <see cref="GrpcServer.StopAsync"/> begins; null for none. Default: null.</summary>
    public HealthService? Health { get; set; }

    /// <summary>
    /// How long <see cref="GrpcServer.StopAsync"/> goes on serving everything after the health flipped, so that load balancers see it
    /// before their calls fail. Part of <see cref="ShutdownGrace"/>. Default: 0.
    /// </summary>
    public TimeSpan DrainDelay { get; set; } = TimeSpan.Zero;

    /// <summary>How many streaming calls are ended at a time when the server stops, so that their clients do not come back all at once. Default: 64.</summary>
    public int DrainBatchSize { get; set; } = 64;

    /// <summary>
    /// The mean time between two such batches; each pause is half to one and a half of it. It is shortened
    /// when all batches would take more than half of <see cref="ShutdownGrace"/>. Default: 50 ms.
    /// </summary>
    public TimeSpan DrainBatchInterval { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Whether responses are gzip-compressed for clients that accept it. Default: false; the usual client is on the same machine.</summary>
    public bool CompressResponses { get; set; }

    /// <summary>
    /// Concurrent calls per connection. Default: 1000. The usual 100 is too few: the 101st long-lived stream
    /// waits in the client for ever, without an error anywhere.
    /// </summary>
    public int MaxStreamsPerConnection { get; set; } = 1000;

    /// <summary>
    /// The age at which a connection gets GOAWAY, so that clients spread over new servers and show their certificate again;
    /// ±10 % at random. Null for no limit. Default: null.
    /// </summary>
    public TimeSpan? MaxConnectionAge { get; set; }

    /// <summary>
    /// How long the calls of a connection that is too old may go on. Then streaming calls end with UNAVAILABLE,
    /// and what is left 5 s later is cut off. Default: 30 s.
    /// </summary>
    public TimeSpan MaxConnectionAgeGrace { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a connection without a call stays open. Default: 130 s.</summary>
    public TimeSpan MaxConnectionIdle { get; set; } = TimeSpan.FromSeconds(130);

    /// <summary>Silence on a connection before a PING. Default: 30 s. At least 1 s; infinite for none.</summary>
    public TimeSpan KeepAlivePingDelay { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Wait for the answer to a PING before the connection is closed. Default: 20 s. At least 1 s.</summary>
    public TimeSpan KeepAlivePingTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Makes the meter <c>Cagent.Grpc</c> of this server; null for a meter that listeners find by its name alone. Default: null.</summary>
    public IMeterFactory? MeterFactory { get; set; }

    /// <summary>Backlog of connections that wait to be accepted. Default: 4096; the kernel caps it (net.core.somaxconn). With 512, clients that return together wait for repeated SYNs: seconds.</summary>
    public int Backlog { get; set; } = 4096;
}
