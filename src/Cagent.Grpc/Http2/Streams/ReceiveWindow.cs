// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Grpc.Http2.Streams;

/// <summary>
/// The credit that a client has for DATA (RFC 9113, section 5.2). One thread takes, any thread gives back; credit goes out when half of the window
/// is due, so that small messages cost no frame each. Lock-free, because both sides touch it for every message.
/// </summary>
internal sealed class ReceiveWindow(int size)
{
    private readonly int _threshold = size / 2;
    private int _available = size;

    // Looked at by a handler and not yet given back.
    private int _due;

    /// <summary>Takes received bytes; false when the client had no credit for them.</summary>
    public bool TryTake(int count)
    {
        if (count > Volatile.Read(ref _available))
        {
            return false;
        }

        Interlocked.Add(ref _available, -count);
        return true;
    }

    /// <summary>Gives bytes back and returns the WINDOW_UPDATE that is due now; 0 for none.</summary>
    public int Release(int count)
    {
        if (count == 0 || Interlocked.Add(ref _due, count) < _threshold)
        {
            return 0;
        }

        int update = Interlocked.Exchange(ref _due, 0);

        // Before the frame leaves: the client may use the credit at once.
        Interlocked.Add(ref _available, update);
        return update;
    }
}
