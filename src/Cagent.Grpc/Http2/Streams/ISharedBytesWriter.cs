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
}
