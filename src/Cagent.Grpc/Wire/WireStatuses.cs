// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Grpc.Core;

namespace Cagent.Grpc.Wire;

/// <summary>The statuses of broken framing, the same on both sides.</summary>
internal static class WireStatuses
{
    public static readonly Status InvalidFlag = new(StatusCode.Internal, "Message with an invalid compression flag.");
    public static readonly Status IncompleteMessage = new(StatusCode.Internal, "The stream ended inside a message.");
    public static readonly Status NoMessage = new(StatusCode.Internal, "The stream ended without its message.");
    public static readonly Status MoreThanOneMessage = new(StatusCode.Internal, "More than one message where one is allowed.");
    public static readonly Status CompressedWithoutEncoding = new(StatusCode.Internal, "Compressed message, but grpc-encoding names no compression.");

    public static Status MalformedMessage(Exception cause) => new(StatusCode.Internal, "The message could not be parsed.", cause);

    public static Status ReceiveLimit(int limit) =>
        new(StatusCode.ResourceExhausted, string.Create(CultureInfo.InvariantCulture, $"Received message larger than the limit of {limit} bytes."));

    public static Status SendLimit(int size, int limit) =>
        new(StatusCode.ResourceExhausted, string.Create(CultureInfo.InvariantCulture, $"Message of {size} bytes to send is larger than the limit of {limit} bytes."));
}
