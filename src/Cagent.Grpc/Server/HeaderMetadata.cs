// SPDX-License-Identifier: Apache-2.0
using Cagent.Grpc.Wire;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Cagent.Grpc.Server;

/// <summary>Metadata in Kestrel's header collections.</summary>
internal static class HeaderMetadata
{
    /// <exception cref="FormatException">A binary value is not base64.</exception>
    public static Metadata Read(IHeaderDictionary headers)
    {
        Metadata metadata = [];
        foreach (KeyValuePair<string, StringValues> header in headers)
        {
            MetadataCodec.Decode(header.Key, header.Value, metadata);
        }

        return metadata;
    }

    /// <exception cref="ArgumentException">An entry cannot be sent; nothing was written.</exception>
    public static void Write(Metadata metadata, IHeaderDictionary headers)
    {
        string[] values = new string[metadata.Count];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = MetadataCodec.EncodeValue(metadata[i]);
        }

        for (int i = 0; i < values.Length; i++)
        {
            // Not Append: it drops empty values.
            headers[metadata[i].Key] = StringValues.Concat(headers[metadata[i].Key], new StringValues(values[i]));
        }
    }
}
