// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Buffers.Binary;

namespace Cagent.Grpc.Tests.Fuzz;

/// <summary>Bytes of a message stream, whole or broken, in the pieces in which they arrive.</summary>
/// <param name="Bytes">The bytes.</param>
/// <param name="Cuts">Where the pieces end, in ascending order; the same twice makes an empty piece.</param>
internal sealed record WireCase(byte[] Bytes, int[] Cuts)
{
    private static readonly uint[] s_lies = [0, 1, 5, 16, 17, 255, 256, 65_536, int.MaxValue, 0x8000_0000, uint.MaxValue];

    /// <summary>Frames with honest and lying lengths, right and wrong flags, noise, and an end anywhere.</summary>
    /// <param name="random">The source.</param>
    /// <param name="compressed">Payloads to send with the compressed flag; without any, such payloads are noise.</param>
    public static WireCase Make(CaseRandom random, byte[][]? compressed = null)
    {
        using MemoryStream wire = new();
        for (int i = random.Next(5); i > 0; i--)
        {
            bool isCompressed = random.OneIn(3);
            byte[] payload = isCompressed && compressed is not null && !random.OneIn(4) ? random.Pick(compressed) : random.Bytes(random.Next(20));
            byte flag = random.OneIn(30) ? (byte)random.Next(256) : isCompressed ? (byte)1 : (byte)0;
            uint length = random.OneIn(20) ? random.Pick(s_lies) : (uint)payload.Length;
            Span<byte> header = [flag, 0, 0, 0, 0];
            BinaryPrimitives.WriteUInt32BigEndian(header[1..], length);
            wire.Write(header);
            wire.Write(payload);
        }

        byte[] bytes = random.OneIn(20) ? random.Bytes(random.Next(40)) : wire.ToArray();
        return new WireCase(random.OneIn(3) ? bytes[..random.Next(bytes.Length + 1)] : bytes, []).Cut(random);
    }

    /// <summary>Without a part of the bytes, or of the cuts.</summary>
    public static IEnumerable<WireCase> Smaller(WireCase one)
    {
        for (int i = 0; i < one.Cuts.Length; i++)
        {
            yield return one with { Cuts = [.. one.Cuts[..i], .. one.Cuts[(i + 1)..]] };
        }

        for (int size = one.Bytes.Length; size > 0; size /= 2)
        {
            for (int start = 0; start + size <= one.Bytes.Length; start += size)
            {
                yield return new WireCase([.. one.Bytes[..start], .. one.Bytes[(start + size)..]], []);
            }
        }
    }

    /// <summary>The bytes in their pieces.</summary>
    public ReadOnlySequence<byte> ToSequence()
    {
        Segment first = new(Bytes.AsMemory(0, Cuts.Length > 0 ? Cuts[0] : Bytes.Length));
        Segment last = first;
        for (int i = 0; i < Cuts.Length; i++)
        {
            last = last.Append(Bytes.AsMemory(Cuts[i]..(i + 1 < Cuts.Length ? Cuts[i + 1] : Bytes.Length)));
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    public override string ToString() => $"{Convert.ToHexString(Bytes)} cut at [{string.Join(' ', Cuts)}]";

    private WireCase Cut(CaseRandom random)
    {
        int[] cuts = new int[random.Next(5)];
        for (int i = 0; i < cuts.Length; i++)
        {
            cuts[i] = random.Next(Bytes.Length + 1);
        }

        Array.Sort(cuts);
        return this with { Cuts = cuts };
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory) => Memory = memory;

        public Segment Append(ReadOnlyMemory<byte> memory)
        {
            Segment next = new(memory) { RunningIndex = RunningIndex + Memory.Length };
            Next = next;
            return next;
        }
    }
}
