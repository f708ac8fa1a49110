// SPDX-License-Identifier: Apache-2.0
using Cagent.Grpc.Wire;

namespace Cagent.Grpc.Client;

/// <summary>Refuses options that would fail later.</summary>
internal static class HttpChannelOptionsCheck
{
    public static void Check(HttpChannelOptions options)
    {
        CheckPositive(options.MaxReceiveMessageSize, nameof(options.MaxReceiveMessageSize));
        CheckPositive(options.MaxSendMessageSize, nameof(options.MaxSendMessageSize));
        ArgumentOutOfRangeException.ThrowIfNegative(options.MaxRetryBufferPerCall, nameof(options.MaxRetryBufferPerCall));
        ArgumentOutOfRangeException.ThrowIfNegative(options.MaxRetryBuffer, nameof(options.MaxRetryBuffer));
        CheckWait(options.ConnectTimeout, nameof(options.ConnectTimeout));
        CheckWait(options.InitialReconnectBackoff, nameof(options.InitialReconnectBackoff));
        CheckWait(options.MaxReconnectBackoff, nameof(options.MaxReconnectBackoff));
        CheckWait(options.KeepAlivePingTimeout, nameof(options.KeepAlivePingTimeout));
        if (options.UserAgent.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            throw new ArgumentException($"{nameof(options.UserAgent)} is not printable ASCII.");
        }
    }

    private static void CheckPositive(int value, string name) => ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value, name);

    // A fifth is added to waits, which must not make one that no timer takes.
    private static void CheckWait(TimeSpan value, string name)
    {
        if (value <= TimeSpan.Zero || value > GrpcTimeout.MaxTimer / 2)
        {
            throw new ArgumentOutOfRangeException(name, value, "It must be positive and at most 12 days.");
        }
    }
}
