// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Cagent.TestKit.Http;

/// <summary>The JSON that an upstream answers with: the request as it arrived. Read it with <c>JsonSerializerOptions.Web</c>.</summary>
/// <param name="Method">The method token.</param>
/// <param name="Path">The path exactly as it came, without the query.</param>
/// <param name="Query">The query with its <c>?</c>, or empty.</param>
/// <param name="Host">The <c>Host</c> header or <c>:authority</c>.</param>
/// <param name="Protocol"><c>HTTP/1.1</c> or <c>HTTP/2</c>.</param>
/// <param name="Headers">All header fields, names in lower case, with all their values.</param>
/// <param name="BodyLength">The length of the body in bytes.</param>
/// <param name="Trailers">All trailer fields, likewise.</param>
public sealed record RequestEcho(
    string Method,
    string Path,
    string Query,
    string Host,
    string Protocol,
    IReadOnlyDictionary<string, ImmutableArray<string>> Headers,
    long BodyLength,
    IReadOnlyDictionary<string, ImmutableArray<string>> Trailers)
{
    internal static RequestEcho From(HttpContext context, RecordedRequest request) => new(
        request.Method,
        request.Path,
        request.Query,
        request.Host,
        request.Protocol,
        request.Headers.ToImmutableSortedDictionary(header => header.Key.ToLowerInvariant(), header => header.Value, StringComparer.Ordinal),
        request.BodyLength,
        Trailing(context.Request));

    private static ImmutableSortedDictionary<string, ImmutableArray<string>> Trailing(HttpRequest request) =>
        !request.CheckTrailersAvailable()
            ? ImmutableSortedDictionary<string, ImmutableArray<string>>.Empty
            : request.HttpContext.Features.GetRequiredFeature<IHttpRequestTrailersFeature>().Trailers
                .ToImmutableSortedDictionary(
                    field => field.Key.ToLowerInvariant(), field => field.Value.Select(value => value ?? "").ToImmutableArray(), StringComparer.Ordinal);
}
