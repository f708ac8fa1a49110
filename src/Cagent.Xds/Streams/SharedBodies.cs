// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using Cagent.Xds.Resources;
using Cagent.Xds.Subscriptions;
using Google.Protobuf;

namespace Cagent.Xds.Streams;

/// <summary>
/// Serialised responses without their nonce, so that streams in the same state share one array: a push is encoded once,
/// however many clients get it. Thread safe. Bounded: it is emptied by each publication and takes no more than the limits.
/// </summary>
internal sealed class SharedBodies
{
    private const int MaxEntries = 1024;
    private const long MaxBytes = 64 * 1024 * 1024;
    private volatile Generation _current = new();

    /// <summary>Forgets everything; a stream that still writes keeps its own reference.</summary>
    public void Clear() => _current = new Generation();

    public ReadOnlyMemory<byte> Get(ResponsePart part)
    {
        Generation generation = _current;
        var key = new Key(part);
        if (generation.Bodies.TryGetValue(key, out byte[]? body))
        {
            return body;
        }

        body = DeltaMessages.WriteBody(part).ToByteArray();
        // Two streams may encode the same part at the same time: both results are right, one is kept.
        bool hasRoom = generation.Bodies.Count < MaxEntries && Interlocked.Add(ref generation.Bytes, body.Length) <= MaxBytes;
        return hasRoom ? generation.Bodies.GetOrAdd(key, body) : body;
    }

    private sealed class Generation
    {
        public readonly ConcurrentDictionary<Key, byte[]> Bodies = new();
        public long Bytes;
    }

    // Equal content: the revision, and the same resources in the same order. Resources are shared, so they are compared
    // by reference.
    private readonly struct Key(ResponsePart part) : IEquatable<Key>
    {
        private readonly ResponsePart _part = part;

        public bool Equals(Key other) =>
            _part.Type == other._part.Type
            && _part.Revision == other._part.Revision
            && _part.Resources.AsSpan().SequenceEqual(other._part.Resources.AsSpan())
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
