// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Xds.Nodes;

/// <summary>
/// Waits for the last ACK of one publication. Streams enter when it is published and leave when they have accepted it or end; a newer
/// publication overtakes it, for then nobody can say when it would have been complete. Thread safe.
/// </summary>
/// <param name="sequence">The publication.</param>
/// <param name="onComplete">Called once, by the last to leave.</param>
internal sealed class PushWatch(long sequence, Action onComplete)
{
    // One for the publisher, who leaves when all streams have entered.
    private int _left = 1;
    private volatile bool _isOvertaken;
    private volatile bool _isAccepted;

    public long Sequence => sequence;

    public void Enter() => Interlocked.Increment(ref _left);

    public void Overtake() => _isOvertaken = true;

    public void Leave(bool hasAccepted)
    {
        if (hasAccepted)
        {
            _isAccepted = true;
        }

        if (Interlocked.Decrement(ref _left) == 0 && _isAccepted && !_isOvertaken)
        {
            onComplete();
        }
    }
}
