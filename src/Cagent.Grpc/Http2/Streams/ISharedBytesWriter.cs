// SPDX-License-Identifier: Apache-2.0
using System.IO.Pipelines;

namespace Cagent.Grpc.Http2.Streams;

/// <summary>A response body that takes bytes which never change without a copy.</summary>
internal interface ISharedBytesWriter
{
    /// <summary>Sends bytes, behind everything that was written before, as a flush does.</summary>
    /// <param name="shared">Never changed.</param>
    /// <param name="tail">The stream's own end of them; unchanged until the task completes.</param>
    ValueTask<FlushResult> SendSharedAsync(ArraySegment<byte> shared, ReadOnlyMemory<byte> tail);

    /// <summary>
    /// The handler ends while a write of it still runs: that write alone may touch the buffer, and gives it back with its next flush. Whoever else did
    /// would put an array into the pool that is still being filled. The stream is reset behind this call.
    /// </summary>
    void LeaveToWriter();
}
