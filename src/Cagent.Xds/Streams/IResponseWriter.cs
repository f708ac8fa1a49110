// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Subscriptions;

namespace Cagent.Xds.Streams;

/// <summary>Writes the responses of one stream, one at a time.</summary>
internal interface IResponseWriter
{
    /// <param name="part">The response.</param>
    /// <param name="bodies">The encoded responses of the publication that it belongs to.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="TimeoutException">The client did not read in time.</exception>
    Task WriteAsync(ResponsePart part, SharedBodies bodies, CancellationToken cancellationToken);

    /// <summary>
    /// Waits for a write that was given up, once its token is cancelled: a stream that ends before its write does is a bug to the transport.
    /// </summary>
    Task EndAsync();
}
