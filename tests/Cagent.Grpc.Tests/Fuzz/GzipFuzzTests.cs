// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using Cagent.Grpc.Wire;

namespace Cagent.Grpc.Tests.Fuzz;

public class GzipFuzzTests
{
    private const int MostSize = 600;
    private const int ChunkSize = 16 * 1024;

    // Inflates to several hundred times its size.
    private static readonly byte[] s_bomb = ReferenceGzip.Deflate(new byte[100_000]);
    private static readonly byte[] s_two = [.. ReferenceGzip.Deflate([1, 2, 3]), .. ReferenceGzip.Deflate([4, 5])];

    /// <summary>A message cut short was read as a shorter one, and bytes after it were ignored.</summary>
    [Fact]
    public void TryDecompress_CutAtEveryByte_IsRefused()
    {
        byte[] compressed = ReferenceGzip.Deflate([.. Enumerable.Range(0, 1000).Select(i => (byte)(i * i))]);
        for (int length = 1; length < compressed.Length; length++)
        {
            Assert.Throws<InvalidDataException>(() => Decompress(compressed[..length], 10_000));
        }

        Assert.Throws<InvalidDataException>(() => Decompress([.. compressed, 0], 10_000));
        Assert.Throws<InvalidDataException>(() => Decompress(s_two, 10_000));
        Assert.Equal(1000, Decompress(compressed, 10_000)!.Length);
        Assert.Empty(Decompress([], 10_000)!);
    }

    /// <summary>
    /// A member that lacks one byte: deflate ends inside its checksum, so that GZipStream never compares it, and gives as many bytes as the trailer says.
    /// The test below found the first of this kind; this one is a shorter one.
    /// </summary>
    [Fact]
    public void TryDecompress_EndOfDeflateInsideTheChecksum_IsRefused()
    {
        byte[] one = Convert.FromHexString("1f8b0800000000000403b25ffdd8f94aa743458fcfef9cdd2c926c07000cc8dd7511000000");
        Assert.Throws<InvalidDataException>(() => Decompress(one, 10_000));
    }

    [Fact]
    public void TryDecompress_ABomb_StopsAtTheLimit()
    {
        byte[] bomb = s_bomb;
        Fuzzing.Within(2 * ChunkSize, () => Assert.Null(Decompress(bomb, 1000)));
    }

    [Fact]
    public void TryDecompress_AnythingLikeGzip_GivesWhatTheReferenceGives() => Fuzzing.Run(
        Fuzzing.Gzip,
        Make,
        _ => [],
        made =>
        {
            (byte[] one, bool isChanged) = made;
            int limit = MostSize / 2;
            byte[]? plain = null;
            bool isRefused = false;
            Fuzzing.Within(8 * ChunkSize, () =>
            {
                try
                {
                    plain = Decompress(one, limit);
                }
                catch (InvalidDataException)
                {
                    isRefused = true;
                }
            });
            if (plain is not null)
            {
                Assert.InRange(plain.Length, 0, limit);
            }

            if (ReferenceGzip.HasUnreadParts(one))
            {
                return;
            }

            // Too large is noticed before the end is looked at, so a broken stream may be either.
            byte[]? expected = ReferenceGzip.Inflate(one);
            if (expected is null || expected.Length > limit)
            {
                Assert.Null(plain);
                Assert.True(!isRefused || expected is null || isChanged);
            }
            else if (plain is not null || !isChanged)
            {
                // The reference does not see whether deflate has come to its end.
                Assert.Equal(expected, plain);
            }
        });

    private static (byte[] Bytes, bool IsChanged) Make(CaseRandom random)
    {
        byte[] plain = random.Bytes(random.Next(MostSize));
        if (random.OneIn(2))
        {
            // Compressible: other blocks of deflate.
            Array.Fill(plain, (byte)1, 0, plain.Length / 2);
        }

        byte[] whole = random.OneIn(50) ? s_bomb : ReferenceGzip.Deflate(plain);
        byte[] compressed = whole;
        for (int changes = random.Next(4); changes > 0 && compressed.Length > 0; changes--)
        {
            switch (random.Next(4))
            {
                case 0:
                    // Not of the shared ones.
                    compressed = (byte[])compressed.Clone();
                    compressed[random.Next(compressed.Length)] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    compressed = compressed[..random.Next(compressed.Length)];
                    break;
                case 2:
                    compressed = [.. compressed, .. random.Bytes(1 + random.Next(10))];
                    break;
                default:
                    int at = random.Next(compressed.Length);
                    compressed = [.. compressed[..at], .. compressed[(at + 1)..]];
                    break;
            }
        }

        return (compressed, !compressed.AsSpan().SequenceEqual(whole));
    }

    /// <summary>The plain bytes; null when they are too many.</summary>
    private static byte[]? Decompress(byte[] compressed, int limit)
    {
        PooledBuffer plain = new();
        try
        {
            return GzipCodec.TryDecompress(new ReadOnlySequence<byte>(compressed), plain, limit) ? plain.WrittenSpan.ToArray() : null;
        }
        finally
        {
            plain.Release();
        }
    }
}
