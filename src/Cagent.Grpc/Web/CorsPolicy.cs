// SPDX-License-Identifier: Apache-2.0
using System.Collections.Frozen;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Cagent.Grpc.Web;

/// <summary>Who may call from a browser: an allow-list of origins. Immutable, thread-safe.</summary>
internal sealed class CorsPolicy(GrpcWebOptions options)
{
    // Longer lists of header names are no browser's.
    private const int MaxRequestedHeaders = 4096;

    private readonly FrozenSet<string> _origins = options.AllowedOrigins.ToFrozenSet(StringComparer.Ordinal);
    private readonly string _maxAge = ((long)options.PreflightMaxAge.TotalSeconds).ToString(CultureInfo.InvariantCulture);

    /// <summary>
    /// Whether the request may go on. Without an Origin it comes from no page of a browser and may;
    /// with one that may, the response's headers say so.
    /// </summary>
    public bool TryAdmit(IHttpRequestFeature request, IHttpResponseFeature response)
    {
        StringValues origin = request.Headers.Origin;
        if (origin.Count == 0)
        {
            return true;
        }

        response.Headers.Vary = "Origin";
        if (origin.Count > 1 || !_origins.Contains(origin.ToString()))
        {
            return false;
        }

        response.Headers.AccessControlAllowOrigin = origin;
        if (options.AllowCredentials)
        {
            response.Headers.AccessControlAllowCredentials = "true";
        }

        if (HttpMethods.IsPost(request.Method))
        {
            ExposeHeaders(response);
        }

        return true;
    }

    public static bool IsPreflight(IHttpRequestFeature request) =>
        HttpMethods.IsOptions(request.Method) && request.Headers.Origin.Count > 0 && request.Headers.AccessControlRequestMethod.Count > 0;

    /// <summary>Answers the preflight of an admitted origin.</summary>
    public void AnswerPreflight(IHttpRequestFeature request, IHttpResponseFeature response)
    {
        response.StatusCode = StatusCodes.Status204NoContent;
        response.Headers.AccessControlAllowMethods = HttpMethods.Post;
        response.Headers.AccessControlMaxAge = _maxAge;
        string requested = request.Headers.AccessControlRequestHeaders.ToString();
        if (requested.Length is > 0 and <= MaxRequestedHeaders && requested.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or ',' or ' '))
        {
            // Metadata names are the services' own, so whatever the page asks for is allowed.
            response.Headers.AccessControlAllowHeaders = requested;
        }
    }

    /// <summary>A page sees only the headers that are named, and which ones there are is known when they leave.</summary>
    private static void ExposeHeaders(IHttpResponseFeature response) => response.OnStarting(
        static state =>
        {
            IHeaderDictionary headers = ((IHttpResponseFeature)state).Headers;
            headers.AccessControlExposeHeaders = string.Join(',', headers.Keys.Where(IsForThePage));
            return Task.CompletedTask;
        },
        response);

    private static bool IsForThePage(string name) =>
        !name.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase)
        && !name.Equals("Vary", StringComparison.OrdinalIgnoreCase)
        && !name.Equals("Date", StringComparison.OrdinalIgnoreCase);
}
