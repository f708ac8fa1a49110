// SPDX-License-Identifier: Apache-2.0
namespace Cagent.TestKit.Http;

/// <summary>The content of <c>/bytes</c>: a block of 64 KiB, repeated, so that every byte follows from its offset.</summary>
public static class Pattern
{
    /// <summary>The length of the repeated block, in bytes.</summary>
    public const int BlockLength = 64 * 1024;
    private static readonly byte[] Content = [.. Enumerable.Range(0, BlockLength).Select(i => (byte)((i * 31) + (i >> 8)))];

    /// <summary>One block.</summary>
    public static ReadOnlyMemory<byte> Block => Content;

    /// <summary>Whether <paramref name="bytes"/> are the content from <paramref name="offset"/> on.</summary>
    public static bool IsAt(long offset, ReadOnlySpan<byte> bytes)
    {
        int position = (int)(offset % BlockLength);
        while (!bytes.IsEmpty)
        {
            int length = Math.Min(bytes.Length, BlockLength - position);
            if (!bytes[..length].SequenceEqual(Content.AsSpan(position, length)))
            {
                return false;
            }

            bytes = bytes[length..];
            position = 0;
        }

        return true;
    }
}
