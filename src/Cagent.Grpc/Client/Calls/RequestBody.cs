// SPDX-License-Identifier: Apache-2.0
using System.Net.Http.Headers;

namespace Cagent.Grpc.Client.Calls;

/// <summary>The requests of one call, kept so that they can be sent again until the call is committed to its attempt.</summary>
internal abstract class RequestBody
{
    protected static MediaTypeHeaderValue ContentType => new("application/grpc");

    /// <summary>The bytes for the next attempt, from the first on.</summary>
    public abstract HttpContent CreateContent();

    /// <summary>Prepares for another attempt; false when the requests were not kept.</summary>
    public abstract bool TryRewind();

    /// <summary>There will be no other attempt.</summary>
    public abstract void Commit();

    /// <summary>The call is over.</summary>
    public abstract void End();

    /// <summary>
    /// Whether a write failed because its stream ended. A body swallows that: the transport knows why the stream ended, and
    /// would otherwise report the body's failure in place of a reset, or of a refusal that it can repeat. It sends no END_STREAM then.
    /// </summary>
    protected static bool IsEndOfStream(Exception exception) =>
        exception is (IOException or HttpRequestException or ObjectDisposedException or OperationCanceledException) and not RequestNotKeptException;
}
