// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Text;

namespace Cagent.TestKit.Clients;

/// <summary>
/// Looks through everything that agents receive, inside TLS, for patterns that must not come: across reads, in bodies, heads and what
/// is no HTTP at all; of HTTP/2, whose heads are compressed, as headers too. Thread safe.
/// </summary>
public sealed class ByteWatch
{
    private readonly ImmutableArray<byte[]> _patterns;
    private readonly int _overlap;
    private long _bytes;
    private int _hits;

    /// <summary>A watch for these texts, one byte a character.</summary>
    public ByteWatch(IEnumerable<string> patterns)
    {
        _patterns = [.. patterns.Distinct(StringComparer.Ordinal).Select(Encoding.Latin1.GetBytes)];
        _overlap = _patterns.Max(pattern => pattern.Length) - 1;
    }

    /// <summary>How many bytes were looked at.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>How often a pattern was seen; a read that overlaps it counts again.</summary>
    public int Hits => Volatile.Read(ref _hits);

    internal void Look(ReadOnlySpan<byte> bytes)
    {
        foreach (byte[] pattern in _patterns)
        {
            if (bytes.IndexOf(pattern) >= 0)
            {
                Interlocked.Increment(ref _hits);
            }
        }
    }

    internal void Look(HttpResponseMessage response) => Look(Encoding.Latin1.GetBytes(response.ToString()));

    internal Stream Watching(Stream stream) => new WatchedStream(stream, this);

    /// <summary>Reads are looked at together with the end of those before them.</summary>
    private sealed class WatchedStream(Stream inner, ByteWatch watch) : Stream
    {
        private byte[] _before = [];

        public override bool CanRead => inner.CanRead;

        public override bool CanSeek => false;

        public override bool CanWrite => inner.CanWrite;

        public override long Length => inner.Length;

        public override long Position
        {
            get => inner.Position;
            set => inner.Position = value;
        }

        public override int Read(byte[] buffer, int offset, int count) => Saw(buffer.AsMemory(offset, count), inner.Read(buffer, offset, count));

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => Saw(buffer, await inner.ReadAsync(buffer, cancellationToken));

        public override void Flush() => inner.Flush();

        public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

        public override long Seek(long offset, SeekOrigin origin) => inner.Seek(offset, origin);

        public override void SetLength(long value) => inner.SetLength(value);

        public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => inner.WriteAsync(buffer, cancellationToken);

        public override async ValueTask DisposeAsync()
        {
            await inner.DisposeAsync();
            await base.DisposeAsync();
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                inner.Dispose();
            }

            base.Dispose(disposing);
        }

        private int Saw(Memory<byte> buffer, int count)
        {
            if (count > 0)
            {
                Interlocked.Add(ref watch._bytes, count);
                byte[] together = [.. _before, .. buffer.Span[..count]];
                watch.Look(together);
                _before = together[^Math.Min(watch._overlap, together.Length)..];
            }

            return count;
        }
    }
}
