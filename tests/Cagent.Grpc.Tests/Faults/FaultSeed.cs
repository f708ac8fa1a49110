// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Xunit.Abstractions;

namespace Cagent.Grpc.Tests.Faults;

/// <summary>The seed of a run: of the environment when a failure is to be seen again, else a new one. Tests print it.</summary>
internal static class FaultSeed
{
    private const string Variable = "CAGENT_FAULT_SEED";

    public static int Next(ITestOutputHelper output)
    {
        int seed = int.TryParse(Environment.GetEnvironmentVariable(Variable), NumberStyles.None, CultureInfo.InvariantCulture, out int given)
            ? given
            : Random.Shared.Next(1_000_000_000);
        output.WriteLine($"{Variable}={seed}");
        return seed;
    }
}
