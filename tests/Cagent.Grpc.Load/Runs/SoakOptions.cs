// SPDX-License-Identifier: Apache-2.0
using Cagent.LoadClient;

namespace Cagent.Grpc.Load.Runs;

/// <summary>What a <see cref="SoakRun"/> does.</summary>
/// <param name="Duration">How long it pushes and churns.</param>
/// <param name="Streams">Open streams, each on a connection of its own.</param>
/// <param name="Size">Bytes per message.</param>
/// <param name="Stalled">How many of the streams never read; the peer may reset them.</param>
internal sealed record SoakOptions(TimeSpan Duration, int Streams, int Size, int Stalled)
{
    public static SoakOptions From(CommandLineArguments arguments) => new(
        TimeSpan.FromSeconds(arguments.Number("--seconds", 600)),
        arguments.Number("--streams", 5000),
        arguments.Number("--size", 10 * 1024),
        arguments.Number("--stalled", 50));
}
