// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace Cagent.Grpc.Tests.Fuzz;

/// <summary>Random numbers from a seed of FsCheck: a million cases need a source that is made in no time (SplitMix64).</summary>
internal sealed class CaseRandom(int seed)
{
    private ulong _state = (ulong)seed;

    public ulong Next()
    {
        ulong z = _state += 0x9e3779b97f4a7c15;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }

    /// <summary>From 0 up to, not including, a limit.</summary>
    public int Next(int limit) => (int)(Next() % (uint)limit);

    /// <summary>True once in so many times.</summary>
    public bool OneIn(int times) => Next(times) == 0;

    public T Pick<T>(T[] items) => items[Next(items.Length)];

    public byte[] Bytes(int length)
    {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++)
        {
            bytes[i] = (byte)Next();
        }

        return bytes;
    }

    /// <summary>A text of up to so many of these parts.</summary>
    public string Text(int most, string[] parts)
    {
        StringBuilder text = new();
        for (int i = Next(most + 1); i > 0; i--)
        {
            text.Append(Pick(parts));
        }

        return text.ToString();
    }
}
