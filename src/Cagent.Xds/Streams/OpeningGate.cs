// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Xds.Streams;

/// <summary>
/// Lets a bounded number of streams open at a time, so that thousands of nodes that return together cost a bounded part of memory
/// and of the machine, while the streams that are open already keep getting their pushes. The rest waits in order of arrival. Thread safe.
/// </summary>
/// <param name="options">How many at a time, and how long one may wait.</param>
/// <param name="time">The clock of both limits.</param>
#pragma warning disable CA1001 // Without a wait handle a semaphore holds nothing to free, and a place may come back after the server's end.
internal sealed class OpeningGate(XdsServerOptions options, TimeProvider time)
#pragma warning restore CA1001
{
    /// <summary>The longest that a stream keeps its place: a client that does not read must not hold the others up.</summary>
    public static readonly TimeSpan MaxHold = TimeSpan.FromMilliseconds(250);

    private readonly SemaphoreSlim _free = new(options.MaxConcurrentOpenings);
    private int _waiting;

    /// <summary>Streams that wait.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Waits for a place; null when none came free in time.</summary>
    /// <exception cref="OperationCanceledException">The stream ended.</exception>
    public async ValueTask<Place?> TryEnterAsync(CancellationToken cancellationToken)
    {
        if (!_free.Wait(0, CancellationToken.None) && !await WaitAsync(cancellationToken).ConfigureAwait(false))
        {
            return null;
        }

        return new Place(_free, time);
    }

    private async Task<bool> WaitAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = new(options.OpeningTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        Interlocked.Increment(ref _waiting);
        try
        {
            await _free.WaitAsync(either.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    /// <summary>A place in the gate, given back once: by its stream, or by the clock.</summary>
    public sealed class Place : IDisposable
    {
        private readonly ITimer _limit;
        private SemaphoreSlim? _free;

        public Place(SemaphoreSlim free, TimeProvider time)
        {
            _free = free;
            _limit = time.CreateTimer(static place => ((Place)place!).Leave(), this, MaxHold, Timeout.InfiniteTimeSpan);
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            _limit.Dispose();
            Leave();
        }

        private void Leave() => Interlocked.Exchange(ref _free, null)?.Release();
    }
}
