// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;

namespace Cagent.Grpc.Load.Servers;

/// <summary>This process's answer to <see cref="LoadPaths.Stats"/>.</summary>
internal static class LoadStats
{
    public const int Size = 16;

    public static byte[] Read()
    {
        byte[] stats = new byte[Size];
        BinaryPrimitives.WriteInt64BigEndian(stats, GC.GetTotalAllocatedBytes(precise: true));
        BinaryPrimitives.WriteInt64BigEndian(stats.AsSpan(8), GC.GetTotalMemory(forceFullCollection: true));
        return stats;
    }
}
