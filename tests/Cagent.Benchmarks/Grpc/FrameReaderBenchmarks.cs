// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using BenchmarkDotNet.Attributes;
using Cagent.Grpc.Wire;

namespace Cagent.Benchmarks.Grpc;

/// <summary>Reading frames: a run of small messages in one buffer.</summary>
public class FrameReaderBenchmarks
{
    private const int Messages = 100;
    private ReadOnlySequence<byte> _bytes;

    /// <summary>Bytes of each message.</summary>
    [Params(10, 1000)]
    public int Size { get; set; }

    /// <summary>Writes the frames.</summary>
    [GlobalSetup]
    public void Setup()
    {
        byte[] bytes = new byte[Messages * (FrameReader.HeaderSize + Size)];
        for (int i = 0; i < Messages; i++)
        {
            FrameWriter.WriteHeader(bytes.AsSpan(i * (FrameReader.HeaderSize + Size)), isCompressed: false, Size);
        }

        _bytes = new ReadOnlySequence<byte>(bytes);
    }

    /// <summary>Reads all of them.</summary>
    [Benchmark(OperationsPerInvoke = Messages)]
    public long Read()
    {
        long total = 0;
        ReadOnlySequence<byte> rest = _bytes;
        for (int i = 0; i < Messages; i++)
        {
            FrameReader.TryRead(ref rest, int.MaxValue, out Frame frame);
            total += frame.Payload.Length;
        }

        return total;
    }
}
