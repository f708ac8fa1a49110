// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Xds.Streams;

/// <summary>
/// How many requests a stream may send: as many as it got responses (their ACKs), and beside that a burst that is refilled
/// at a rate. Pure: the time is an argument, measured from the start of the stream.
/// </summary>
internal sealed class RequestBudget(double perSecond, int burst)
{
    // A request counts once for each block of this size begun, for names cost time too.
    private const int BlockBytes = 64 * 1024;

    // A client may never answer; its responses do not add up to a right to flood.
    private const int MaxExpected = 64 * 1024;

    private double _tokens = burst;
    private TimeSpan _refilled;
    private int _expected;

    /// <summary>Call for each response.</summary>
    public void Expect() => _expected = Math.Min(_expected + 1, MaxExpected);

    /// <summary>False when the client sends more than it may.</summary>
    public bool TryTake(TimeSpan now, int bytes)
    {
        _tokens = Math.Min(burst, _tokens + ((now - _refilled).TotalSeconds * perSecond));
        _refilled = now;
        int cost = 1 + (bytes / BlockBytes);
        if (_expected > 0)
        {
            _expected--;
            cost--;
        }

        if (cost > _tokens)
        {
            return false;
        }

        _tokens -= cost;
        return true;
    }
}
