// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Grpc.Client;

/// <summary>The settings of an <see cref="HttpChannel"/>; read once, when the channel is made.</summary>
public sealed class HttpChannelOptions
{
    /// <summary>The largest response message in bytes, also after decompression. Default: 4 MiB.</summary>
    public int MaxReceiveMessageSize { get; set; } = 4 * 1024 * 1024;

    /// <summary>The largest request message in bytes, before compression. Default: 64 MiB.</summary>
    public int MaxSendMessageSize { get; set; } = 64 * 1024 * 1024;

    /// <summary>Whether requests are gzip-compressed. Default: false.</summary>
    public bool CompressRequests { get; set; }

    /// <summary>How long a connection may take to be made. Default: 10 s.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Silence on a connection before a PING. Default: 30 s.</summary>
    public TimeSpan KeepAlivePingDelay { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Wait for the answer to a PING before the connection is closed. Default: 20 s.</summary>
    public TimeSpan KeepAlivePingTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>The clock of deadlines. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;
}
