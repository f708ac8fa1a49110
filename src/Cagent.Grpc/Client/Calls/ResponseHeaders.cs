// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net.Http.Headers;
using Cagent.Grpc.Wire;
using Grpc.Core;
using Microsoft.Extensions.Primitives;

namespace Cagent.Grpc.Client.Calls;

/// <summary>Reads what HttpClient received as headers or trailers.</summary>
internal static class ResponseHeaders
{
    private const string ContentType = "application/grpc";

    /// <summary>The user's part of the headers.</summary>
    /// <exception cref="RpcException">A binary value is not base64.</exception>
    public static Metadata ReadMetadata(HttpResponseHeaders headers)
    {
        Metadata metadata = [];
        try
        {
            foreach ((string name, HeaderStringValues values) in headers.NonValidated)
            {
                MetadataCodec.Decode(name, new StringValues([.. values]), metadata);
            }
        }
        catch (FormatException e)
        {
            throw new RpcException(new Status(StatusCode.Internal, "Malformed binary metadata.", e));
        }

        return metadata;
    }

    /// <summary>The status in <c>grpc-status</c> and <c>grpc-message</c>; null when there is none.</summary>
    public static Status? ReadStatus(HttpResponseHeaders headers)
    {
        if (!headers.NonValidated.TryGetValues("grpc-status", out HeaderStringValues values))
        {
            return null;
        }

        string detail = headers.NonValidated.TryGetValues("grpc-message", out HeaderStringValues message) ? PercentEncoding.Decode(message.ToString()) : "";
        bool isKnown = int.TryParse(values.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out int code) && Enum.IsDefined((StatusCode)code);
        return new Status(isKnown ? (StatusCode)code : StatusCode.Unknown, detail);
    }

    /// <summary>Whether the content is gRPC: <c>application/grpc</c> or that with a <c>+format</c>.</summary>
    public static bool IsGrpc(HttpContentHeaders headers)
    {
        ReadOnlySpan<char> type = headers.ContentType?.MediaType;
        return type.StartsWith(ContentType, StringComparison.OrdinalIgnoreCase) && (type.Length == ContentType.Length || type[ContentType.Length] == '+');
    }

    public static bool IsGzip(HttpResponseHeaders headers) =>
        headers.NonValidated.TryGetValues("grpc-encoding", out HeaderStringValues values) && values.ToString() == GzipCodec.Name;
}
