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
        private long _size;

        /// <summary>Takes room for a message; false when there is none.</summary>
        public bool TryTake(int size)
        {
            if (Interlocked.Read(ref _size) + size > budget._perCall)
            {
                return false;
            }

            if (Interlocked.Add(ref budget._taken, size) > budget._perChannel)
            {
                Interlocked.Add(ref budget._taken, -size);
                return false;
            }

            Interlocked.Add(ref _size, size);
            return true;
        }

        /// <summary>Gives everything back; may be called twice.</summary>
        public void Return() => Interlocked.Add(ref budget._taken, -Interlocked.Exchange(ref _size, 0));
    }
}
