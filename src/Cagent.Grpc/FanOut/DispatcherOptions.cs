// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Grpc.FanOut;

/// <summary>The settings of a <see cref="Dispatcher"/>; read once, when it is made.</summary>
public sealed record DispatcherOptions
{
    /// <summary>
    /// How many streams are written at a time. Default: 8. Range: 1 to 256; 8 to 32 are sensible.
    /// More holds more copies of a large message in buffers and is slower for it, not faster.
    /// </summary>
    public int Workers { get; init; } = 8;

    /// <summary>
    /// How long a piece of a message (64 KiB) may wait for its client before the stream loses its worker to another.
    /// Default: 50 ms. Range: 1 ms to 1 min. The stream itself goes on when its client reads;
    /// <see cref="Server.GrpcServerOptions.WriteTimeout"/> ends it.
    /// </summary>
    public TimeSpan SlowAfter { get; init; } = TimeSpan.FromMilliseconds(50);
}
