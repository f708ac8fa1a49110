// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net.Http.Headers;
using Cagent.Grpc.Wire;
using Grpc.Core;
using Microsoft.Extensions.Primitives;

namespace Cagent.Grpc.Client;

/// <summary>Reads what HttpClient received as headers or trailers.</summary>
internal static class ResponseHeaders
{
    public static Metadata ReadMetadata(HttpResponseHeaders headers)
    {
        Metadata metadata = [];
        foreach ((string name, HeaderStringValues values) in headers.NonValidated)
        {
            MetadataCodec.Decode(name, new StringValues([.. values]), metadata);
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

    public static bool IsGzip(HttpResponseHeaders headers) =>
        headers.NonValidated.TryGetValues("grpc-encoding", out HeaderStringValues values) && values.ToString() == GzipCodec.Name;
}
