// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;

namespace Cagent.Grpc.Wire;

/// <summary>The gzip message encoding, with a bound on what comes out.</summary>
internal static class GzipCodec
{
    public const string Name = "gzip";

    private const int ChunkSize = 16 * 1024;

    // RFC 1952, 2.3: ten bytes of header, an empty deflate block, and CRC32 and ISIZE at the end.
    private const int MinSize = 20;

    public static void Compress(ReadOnlySpan<byte> source, PooledBuffer destination)
    {
        using BufferStream target = new(destination);
        using GZipStream gzip = new(target, CompressionLevel.Fastest);
        gzip.Write(source);
    }

    /// <summary>Inflates into <paramref name="destination"/>; false as soon as more than <paramref name="maxSize"/> bytes come out.</summary>
    /// <exception cref="InvalidDataException">The bytes are not one whole gzip member.</exception>
    public static bool TryDecompress(in ReadOnlySequence<byte> source, PooledBuffer destination, int maxSize)
    {
        int length = (int)source.Length;
        if (length == 0)
        {
            // What GZipStream makes of an empty message.
            return true;
        }

        byte[] compressed = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            source.CopyTo(compressed);
            using MemoryStream input = new(compressed, 0, length, writable: false);
            using GZipStream gzip = new(input, CompressionMode.Decompress);
            int read;
            while ((read = gzip.Read(destination.GetSpan(ChunkSize))) > 0)
            {
                destination.Advance(read);
                if (destination.Length > maxSize)
                {
                    return false;
                }
            }

            ThrowUnlessWhole(compressed.AsSpan(0, length), destination.WrittenSpan);
            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(compressed);
        }
    }

    /// <summary>
    /// GZipStream takes bytes that end anywhere, and ignores what follows a member: a message cut short would be read as a shorter one. It checks the
    /// checksum only of what it takes for whole: of a member that lacks one byte in its middle it takes the first of the checksum for the last of
    /// the content, and waits in vain for the rest. So both are checked here, where they stand: at the very end.
    /// </summary>
    private static void ThrowUnlessWhole(ReadOnlySpan<byte> compressed, ReadOnlySpan<byte> plain)
    {
        if (compressed.Length < MinSize
            || BinaryPrimitives.ReadInt32LittleEndian(compressed[^sizeof(int)..]) != plain.Length
            || BinaryPrimitives.ReadUInt32LittleEndian(compressed[^(2 * sizeof(int))..]) != Crc32.Of(plain))
        {
            throw new InvalidDataException("The gzip stream is cut, changed, or more follows it.");
        }
    }

    /// <summary>The write side of a stream over a buffer, which is all that GZipStream needs.</summary>
    private sealed class BufferStream(PooledBuffer buffer) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Write(byte[] source, int offset, int count) => buffer.Write(source.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> source) => buffer.Write(source);

        public override void Flush()
        {
        }

        public override int Read(byte[] target, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
