// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Grpc.Server;

/// <summary>The content types of gRPC.</summary>
internal static class GrpcContentType
{
    public const string Response = "application/grpc";

    private const string Proto = "+proto";

    /// <summary>Whether a request is gRPC with protobuf: <c>application/grpc</c> or <c>application/grpc+proto</c>, with any parameters.</summary>
    public static bool IsGrpc(ReadOnlySpan<char> contentType)
    {
        int parameters = contentType.IndexOf(';');
        ReadOnlySpan<char> type = (parameters < 0 ? contentType : contentType[..parameters]).Trim();
        return type.StartsWith(Response, StringComparison.OrdinalIgnoreCase)
            && (type.Length == Response.Length || type[Response.Length..].Equals(Proto, StringComparison.OrdinalIgnoreCase));
    }
}
