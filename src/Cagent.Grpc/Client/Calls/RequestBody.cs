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
}
