// SPDX-License-Identifier: Apache-2.0
using Grpc.Core;

namespace Cagent.Grpc.Client.Calls;

/// <summary>How one attempt of a call came out.</summary>
/// <param name="Response">The response, when its headers have come and it goes on; null when the attempt is over.</param>
/// <param name="Metadata">The headers of a response, or the trailers of an attempt that is over.</param>
/// <param name="Status">The status of an attempt that is over.</param>
/// <param name="WasSent">Whether the server may have seen the request.</param>
internal readonly record struct Attempt(HttpResponseMessage? Response, Metadata Metadata, Status Status, bool WasSent)
{
    /// <summary>Whether the server said so, in headers alone.</summary>
    public bool IsTrailersOnly { get; private init; }

    public static Attempt Answered(HttpResponseMessage response, Metadata headers) => new(response, headers, default, WasSent: true);

    public static Attempt TrailersOnly(Status status, Metadata trailers) => new(null, trailers, status, WasSent: true) { IsTrailersOnly = true };

    public static Attempt Failed(Status status) => new(null, Metadata.Empty, status, WasSent: true);

    public static Attempt NotSent(Status status) => new(null, Metadata.Empty, status, WasSent: false);
}
