// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Grpc.Http2.Streams;

/// <summary>
/// Streams that this server has ended while their client may still send: what comes for them is ignored (RFC 9113, section 5.4.2), though its length must still be
/// what was announced. Bounded: the oldest are forgotten. Not thread-safe.
/// </summary>
internal sealed class EndedStreams(int capacity)
{
    // Announced and not yet received bytes; negative when nothing was announced.
    private readonly Dictionary<int, long> _left = [];
    private readonly Queue<int> _inOrder = new(0);

    public void Add(int streamId, long? left)
    {
        _left[streamId] = left ?? -1;
        while (_inOrder.TryPeek(out int oldest) && !_left.ContainsKey(oldest))
        {
            _inOrder.Dequeue();
        }

        _inOrder.Enqueue(streamId);
        if (_inOrder.Count > capacity)
        {
            _left.Remove(_inOrder.Dequeue());
        }
    }

    public bool Contains(int streamId) => _left.ContainsKey(streamId);

    public void Remove(int streamId) => _left.Remove(streamId);

    /// <summary>Counts received bytes; false when there are more or fewer than announced, for which the client is told once.</summary>
    public bool TryCount(int streamId, long count, bool isEnd)
    {
        if (!_left.TryGetValue(streamId, out long left) || left < 0)
        {
            return true;
        }

        left -= count;
        bool isRight = left == 0 || (left > 0 && !isEnd);
        _left[streamId] = isRight ? left : -1;
        return isRight;
    }
}
