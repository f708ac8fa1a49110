// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Grpc.Client.Retries;

/// <summary>Bounds the requests that a channel keeps to send them again. A call that does not fit is not retried. Thread-safe.</summary>
internal sealed class RetryBudget(long perCall, long perChannel)
{
    private readonly long _perCall = perCall;
    private readonly long _perChannel = perChannel;

    private long _taken;

    /// <summary>The bytes kept now.</summary>
    public long Taken => Interlocked.Read(ref _taken);

    /// <summary>What one call has taken. Not thread-safe, but for <see cref="Return"/>.</summary>
    public sealed class Share(RetryBudget budget)
    {
        private const long Returned = -1;

        private long _size;

        /// <summary>Takes room for a message; false when there is none, or when the call has given everything back.</summary>
        public bool TryTake(int size)
        {
            long taken = Interlocked.Read(ref _size);
            if (taken == Returned || taken + size > budget._perCall)
            {
                return false;
            }

            if (Interlocked.Add(ref budget._taken, size) <= budget._perChannel
                && Interlocked.CompareExchange(ref _size, taken + size, taken) == taken)
            {
                return true;
            }

            Interlocked.Add(ref budget._taken, -size);
            return false;
        }

        /// <summary>Gives everything back, for good: the end of a call may come while it takes. May be called twice.</summary>
        public void Return()
        {
            long taken = Interlocked.Exchange(ref _size, Returned);
            if (taken > 0)
            {
                Interlocked.Add(ref budget._taken, -taken);
            }
        }
    }
}
