// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net;
using Grpc.Core;

namespace Cagent.Grpc.Client;

/// <summary>What HTTP tells, in gRPC's words.</summary>
internal static class ClientStatuses
{
    public static readonly Status Cancelled = new(StatusCode.Cancelled, "The call was cancelled.");
    public static readonly Status DeadlineExceeded = new(StatusCode.DeadlineExceeded, "The deadline passed.");
    public static readonly Status NoStatus = new(StatusCode.Internal, "The response ended without grpc-status.");
    public static readonly Status NoResponse = new(StatusCode.Internal, "The call ended OK without its response message.");

    public static readonly Status StreamIsGone = new(StatusCode.Unknown, "The stream ended before this request was sent; the responses tell the status of the call.");

    public static readonly Status ChannelClosed = new(StatusCode.Unavailable, "The channel is closed.");
    public static readonly Status AddressGone = new(StatusCode.Unavailable, "The address is not in use any more.");
    public static readonly Status NoAddress = new(StatusCode.Unavailable, "The resolver found no address.");

    /// <summary>The status of a response that is not gRPC.</summary>
    public static Status FromHttp(HttpStatusCode code) => new(
        code switch
        {
            HttpStatusCode.BadRequest => StatusCode.Internal,
            HttpStatusCode.Unauthorized => StatusCode.Unauthenticated,
            HttpStatusCode.Forbidden => StatusCode.PermissionDenied,
            HttpStatusCode.NotFound => StatusCode.Unimplemented,
            HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout =>
                StatusCode.Unavailable,
            _ => StatusCode.Unknown,
        },
        string.Create(CultureInfo.InvariantCulture, $"The server answered with HTTP status {(int)code}, which is not a gRPC response."));

    /// <summary>The status of a failed transport.</summary>
    public static Status FromException(Exception exception)
    {
        for (Exception? e = exception; e is not null; e = e.InnerException)
        {
            if (e is HttpProtocolException protocol && IsOfTheStream(protocol))
            {
                return new Status(FromReset(protocol.ErrorCode), "The server reset the stream.", exception);
            }
        }

        return new Status(StatusCode.Unavailable, "The connection failed.", exception);
    }

    /// <summary>
    /// Whether one stream was reset, and not the connection ended (GOAWAY, unanswered PING, bytes that are not HTTP/2).
    /// The runtime gives both the same type and codes: only the text, or its key in a trimmed program, tells them apart.
    /// </summary>
    private static bool IsOfTheStream(HttpProtocolException exception) =>
        exception.Message.Contains("reset the stream", StringComparison.Ordinal)
        || exception.Message.Contains("net_http_http2_stream_error", StringComparison.Ordinal);

    private static StatusCode FromReset(long errorCode) => errorCode switch
    {
        0x7 => StatusCode.Unavailable,
        0x8 => StatusCode.Cancelled,
        0xb => StatusCode.ResourceExhausted,
        0xc => StatusCode.PermissionDenied,
        _ => StatusCode.Internal,
    };
}
