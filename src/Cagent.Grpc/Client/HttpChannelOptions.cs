// SPDX-License-Identifier: Apache-2.0
using System.Net.Security;
using Cagent.Grpc.Client.Retries;
using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Cagent.Grpc.Client;

/// <summary>The settings of an <see cref="HttpChannel"/>; read once, when the channel is made.</summary>
public sealed class HttpChannelOptions
{
    /// <summary>The largest response message in bytes, also after decompression. Default: 4 MiB.</summary>
    public int MaxReceiveMessageSize { get; set; } = 4 * 1024 * 1024;

    /// <summary>The largest request message in bytes, before compression. Default: 64 MiB.</summary>
    public int MaxSendMessageSize { get; set; } = 64 * 1024 * 1024;

    /// <summary>
    /// Whether requests are gzip-compressed. Default: false. A call can choose for itself with the metadata key
    /// <c>grpc-internal-encoding-request</c> (<c>gzip</c> or <c>identity</c>), which is not sent, and a write with <see cref="WriteFlags.NoCompress"/>.
    /// </summary>
    public bool CompressRequests { get; set; }

    /// <summary>How long a connection may take to be made, TLS included. Default: 20 s.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>The wait after an address failed for the first time, measured from the attempt's begin; it grows by 1.6 and varies by a fifth. Default: 1 s.</summary>
    public TimeSpan InitialReconnectBackoff { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait between two attempts to connect. Default: 120 s.</summary>
    public TimeSpan MaxReconnectBackoff { get; set; } = TimeSpan.FromSeconds(120);

    /// <summary>How several addresses are used. Default: the first that connects.</summary>
    public LoadBalancing LoadBalancing { get; set; }

    /// <summary>
    /// Makes the TLS settings of each connection, so that a new certificate counts from the next connection on. HTTP/2 is
    /// added, and the target's host as the name to verify unless one is set. Default: the system's trust and no client certificate.
    /// Used for <c>https</c> addresses, and for a Unix socket when it is set.
    /// </summary>
    public Func<SslClientAuthenticationOptions>? Tls { get; set; }

    /// <summary>
    /// Silence on a connection before a PING. Default: never (<see cref="Timeout.InfiniteTimeSpan"/>), because servers may close
    /// connections of clients that ping more often than every five minutes.
    /// </summary>
    public TimeSpan KeepAlivePingDelay { get; set; } = Timeout.InfiniteTimeSpan;

    /// <summary>Wait for the answer to a PING before the connection is closed. Default: 20 s.</summary>
    public TimeSpan KeepAlivePingTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Whether connections without calls are pinged too. Default: false.</summary>
    public bool KeepAliveWithoutCalls { get; set; }

    /// <summary>
    /// The retry policy of a method; null, or a result of null, for none. A call that never reached a server is sent again without one.
    /// Asked at each call: return objects that were made before.
    /// </summary>
    public Func<IMethod, RetryPolicy?>? RetryPolicy { get; set; }

    /// <summary>Stops retries while most calls fail; null to retry always. Default: null.</summary>
    public RetryThrottling? RetryThrottling { get; set; }

    /// <summary>The bytes of requests that one call keeps so as to send them again; a call with more is not retried. Default: 1 MiB.</summary>
    public int MaxRetryBufferPerCall { get; set; } = 1024 * 1024;

    /// <summary>The same for all calls of the channel. Default: 16 MiB.</summary>
    public long MaxRetryBuffer { get; set; } = 16 * 1024 * 1024;

    /// <summary>What stands before the library's own name in <c>user-agent</c>, such as <c>my-program/1.2</c>; null for nothing.</summary>
    public string? UserAgent { get; set; }

    /// <summary>Takes the logs; null for none.</summary>
    public ILoggerFactory? LoggerFactory { get; set; }

    /// <summary>The clock of deadlines, back-off and retries. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>Numbers from 0 to 1 that spread waits. Thread-safe. Default: random.</summary>
    public Func<double> NextRandom { get; set; } = Random.Shared.NextDouble;
}
