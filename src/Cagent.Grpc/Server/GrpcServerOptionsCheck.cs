// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using Cagent.Grpc.Web;

namespace Cagent.Grpc.Server;

/// <summary>Refuses options that would fail later or open an unprotected port.</summary>
internal static class GrpcServerOptionsCheck
{
    private const int MaxMessageSize = 1024 * 1024 * 1024;

    public static void Check(GrpcServerOptions options)
    {
        if (options.Endpoints.Count == 0)
        {
            throw new ArgumentException("Endpoints is empty: the server would listen nowhere.", nameof(options));
        }

        foreach (GrpcEndpoint endpoint in options.Endpoints)
        {
            if (endpoint.EndPoint is not (IPEndPoint or UnixDomainSocketEndPoint))
            {
                throw new ArgumentException($"Endpoints: {endpoint.EndPoint} is neither an IP address nor a Unix socket.", nameof(options));
            }

            if (endpoint.Tls is null && !endpoint.IsAllowedWithoutTls)
            {
                throw new ArgumentException($"Endpoints: {endpoint.EndPoint} needs Tls, because plain text authenticates nobody.", nameof(options));
            }

            foreach (string origin in endpoint.Web?.AllowedOrigins ?? [])
            {
                if (!GrpcWebOptions.IsOrigin(origin))
                {
                    throw new ArgumentException($"AllowedOrigins: \"{origin}\" is not an origin such as https://console.example:8443.", nameof(options));
                }
            }

            foreach (GrpcService service in endpoint.Services ?? [])
            {
                CheckSize(service.MaxReceiveMessageSize ?? 1, nameof(GrpcService.MaxReceiveMessageSize));
            }
        }

        CheckSize(options.MaxReceiveMessageSize, nameof(options.MaxReceiveMessageSize));
        CheckSize(options.MaxSendMessageSize, nameof(options.MaxSendMessageSize));
        CheckPositive(options.WriteTimeout, nameof(options.WriteTimeout));
        CheckPositive(options.ShutdownGrace, nameof(options.ShutdownGrace));
        CheckPositive(options.MaxConnectionAge ?? options.ShutdownGrace, nameof(options.MaxConnectionAge));
        CheckPositive(options.MaxConnectionAgeGrace, nameof(options.MaxConnectionAgeGrace));
        CheckPositive(options.MaxConnectionIdle, nameof(options.MaxConnectionIdle));
        CheckPositive(options.DrainBatchInterval, nameof(options.DrainBatchInterval));
        CheckCount(options.DrainBatchSize, nameof(options.DrainBatchSize));
        CheckCount(options.MaxStreamsPerConnection, nameof(options.MaxStreamsPerConnection));
        CheckCount(options.Backlog, nameof(options.Backlog));
        CheckPing(options.KeepAlivePingDelay, nameof(options.KeepAlivePingDelay));
        CheckPing(options.KeepAlivePingTimeout, nameof(options.KeepAlivePingTimeout));
        if (options.DrainDelay < TimeSpan.Zero || options.DrainDelay >= options.ShutdownGrace)
        {
            throw new ArgumentException("DrainDelay must not be negative and must be shorter than ShutdownGrace.", nameof(options));
        }
    }

    private static void CheckSize(int size, string name)
    {
        if (size is < 1 or > MaxMessageSize)
        {
            throw new ArgumentException($"{name} must be between 1 and {MaxMessageSize} bytes.");
        }
    }

    private static void CheckCount(int count, string name)
    {
        if (count < 1)
        {
            throw new ArgumentException($"{name} must be at least 1.");
        }
    }

    private static void CheckPing(TimeSpan value, string name)
    {
        // Connections are looked at once a second, by Kestrel's heartbeat.
        if (value < TimeSpan.FromSeconds(1) && value != Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentException($"{name} must be at least 1 s.");
        }
    }

    private static void CheckPositive(TimeSpan value, string name)
    {
        if (value <= TimeSpan.Zero || value.TotalMilliseconds > int.MaxValue)
        {
            throw new ArgumentException($"{name} must be positive and at most 24 days.");
        }
    }
}
