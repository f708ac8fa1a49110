// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using Cagent.Xds.Resources;
using Cagent.Xds.Subscriptions;

namespace Cagent.Xds.Streams;

/// <summary>
/// Serialised responses without their nonce, so that streams in the same state share one array: a push is encoded once,
/// however many clients get it. Thread safe. Bounded: one publication's, and no more than the limits.
/// </summary>
internal sealed class SharedBodies
{
    private const int MaxEntries = 1024;
    private const long MaxBytes = 64 * 1024 * 1024;
    private readonly ConcurrentDictionary<Key, byte[]> _bodies = new();
    private long _bytes;

    /// <summary>Finds or makes the bytes of a part.</summary>
    public ReadOnlyMemory<byte> Get(ResponsePart part, Func<ResponsePart, byte[]> encode)
    {
        var key = new Key(part);
        if (_bodies.TryGetValue(key, out byte[]? body))
        {
            return body;
        }

        body = encode(part);
        // Two streams may encode the same part at the same time: both results are right, one is kept.
        bool hasRoom = _bodies.Count < MaxEntries && Interlocked.Add(ref _bytes, body.Length) <= MaxBytes;
        return hasRoom ? _bodies.GetOrAdd(key, body) : body;
    }

    // Equal content: the revision or the version, of which each variant has one, and the same resources in the same order. Resources are shared, so they are compared
    // by reference.
    private readonly struct Key(ResponsePart part) : IEquatable<Key>
    {
        private readonly ResponsePart _part = part;

        public bool Equals(Key other) =>
            _part.Type == other._part.Type
            && _part.Revision == other._part.Revision
            && _part.HasTtl == other._part.HasTtl
            && _part.IsHeartbeat == other._part.IsHeartbeat
            && _part.VersionInfo == other._part.VersionInfo
            && (_part.Resources == other._part.Resources || _part.Resources.AsSpan().SequenceEqual(other._part.Resources.AsSpan()))
            && _part.Removed.AsSpan().SequenceEqual(other._part.Removed.AsSpan());

        public override bool Equals(object? obj) => obj is Key other && Equals(other);

        public override int GetHashCode()
        {
            XdsResource? first = _part.Resources.IsEmpty ? null : _part.Resources[0];
            XdsResource? last = _part.Resources.IsEmpty ? null : _part.Resources[^1];
            string? removed = _part.Removed.IsEmpty ? null : _part.Removed[0];
            return HashCode.Combine(_part.Type, _part.Resources.Length, first, last, _part.Removed.Length, removed);
        }
    }
}
