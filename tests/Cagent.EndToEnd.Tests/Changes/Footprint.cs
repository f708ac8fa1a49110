// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Cagent.EndToEnd.Tests.Changes;

/// <summary>What Cagent and its Envoy hold at one moment.</summary>
/// <param name="CagentMiB">Resident memory of Cagent.</param>
/// <param name="EnvoyMiB">Resident memory of Envoy.</param>
/// <param name="Descriptors">Open file descriptors of both.</param>
internal sealed record Footprint(long CagentMiB, long EnvoyMiB, int Descriptors)
{
    public static Footprint Of(Deployment deployment)
    {
        int cagent = deployment.Cagent.Process.Id;
        int envoy = Assert.Single(deployment.Cagent.Process.Descendants("envoy"));
        return new Footprint(MemoryOf(cagent), MemoryOf(envoy), DescriptorsOf(cagent) + DescriptorsOf(envoy));
    }

    private static int DescriptorsOf(int processId) => Directory.GetFileSystemEntries($"/proc/{processId}/fd").Length;

    private static long MemoryOf(int processId)
    {
        string line = File.ReadLines($"/proc/{processId}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }
}
