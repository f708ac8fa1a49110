// SPDX-License-Identifier: Apache-2.0
using Grpc.Core;

namespace Cagent.Xds.Streams;

/// <summary>How a stream may end.</summary>
internal static class StreamStatus
{
    public static readonly Status Stopping = new(StatusCode.Unavailable, "the server is stopping");
    public static readonly Status Cancelled = new(StatusCode.Cancelled, "the client went away");
    public static readonly Status SlowClient = new(StatusCode.Unavailable, "the client did not read in time");
    public static readonly Status NodeMissing = new(StatusCode.InvalidArgument, "the first message of a stream needs node.id");
    public static readonly Status NodeUnreadable = new(StatusCode.InvalidArgument, "node.id and node.cluster may not hold control characters");
    public static readonly Status NodeChanged = new(StatusCode.InvalidArgument, "node.id and node.cluster may not change on a stream");
    public static readonly Status TypeMissing = new(StatusCode.InvalidArgument, "type_url is needed on an aggregated stream");
    public static readonly Status TypeForeign = new(StatusCode.InvalidArgument, "type_url is not the type of this service");
    public static readonly Status NameTooLong = new(StatusCode.InvalidArgument, "a resource name is too long");
    public static readonly Status TooManyNames = new(StatusCode.ResourceExhausted, "too many resource names");
    public static readonly Status Silent = new(StatusCode.DeadlineExceeded, "the first message did not come in time");
    public static readonly Status TooManyStreams = new(StatusCode.ResourceExhausted, "the node has too many streams");
    public static readonly Status TooManyOpenings = new(StatusCode.ResourceExhausted, "too many streams open at this time");
    public static readonly Status TooManyRequests = new(StatusCode.ResourceExhausted, "too many requests in a short time");
    public static readonly Status RequestTooLarge = new(StatusCode.ResourceExhausted, "the request is too large");
    public static readonly Status Internal = new(StatusCode.Internal, "internal error");
}
