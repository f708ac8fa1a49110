// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Cagent.TestKit.Http;

namespace Cagent.EndToEnd.Tests.Credentials.Aws;

/// <summary>
/// The other side of a signature: takes a request as it arrived and says what is wrong with it, as AWS would. Written from AWS's description, by
/// itself: it shares no code with what signs.
/// </summary>
internal sealed class AwsVerifier(string keyId, string secret, string region, string service)
{
    /// <summary>What is wrong, or null. It holds nothing of the request.</summary>
    public string? FindProblem(RecordedRequest request)
    {
        if (request.Header("authorization") is not { } authorization || !authorization.StartsWith("AWS4-HMAC-SHA256 ", StringComparison.Ordinal))
        {
            return "no signature";
        }

        Dictionary<string, string> parts = authorization["AWS4-HMAC-SHA256 ".Length..].Split(", ").Select(part => part.Split('=', 2)).ToDictionary(part => part[0], part => part[1]);
        string stamp = request.Header("x-amz-date") ?? "";
        if (!DateTimeOffset.TryParseExact(stamp, "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time)
            || (TimeProvider.System.GetUtcNow() - time).Duration() > TimeSpan.FromMinutes(5))
        {
            return "not of these minutes";
        }

        string scope = $"{stamp[..8]}/{region}/{service}/aws4_request";
        if (parts["Credential"] != $"{keyId}/{scope}")
        {
            return "another key, region or service";
        }

        string[] signed = parts["SignedHeaders"].Split(';');
        if (!signed.Contains("host") || request.Headers.Keys.Select(name => name.ToLowerInvariant()).Any(name => name.StartsWith("x-amz-", StringComparison.Ordinal) && !signed.Contains(name)))
        {
            return "a header that must be signed is not";
        }

        string canonical = string.Join('\n', [
            request.Method, PathOf(request), QueryOf(request),
            .. signed.Select(name => $"{name}:{ValueOf(request, name)}"), "", string.Join(';', signed), request.Header("x-amz-content-sha256") ?? ""]);
        return parts["Signature"] == Sign(stamp, scope, canonical) ? null : "another signature";
    }

    private string Sign(string stamp, string scope, string canonical)
    {
        string text = $"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))}";
        byte[] key = scope.Split('/').Aggregate(Encoding.UTF8.GetBytes("AWS4" + secret), (last, part) => HMACSHA256.HashData(last, Encoding.UTF8.GetBytes(part)));
        return Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text)));
    }

    // S3 compares the decoded path, others the path as it is.
    private string PathOf(RecordedRequest request) =>
        string.Join('/', request.Path.Split('/').Select(segment => Uri.EscapeDataString(service == "s3" ? Uri.UnescapeDataString(segment) : segment)));

    private static string QueryOf(RecordedRequest request) => string.Join('&', request.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
        .Select(part => part.Split('=', 2))
        .Select(part => (Name: Uri.EscapeDataString(Uri.UnescapeDataString(part[0])), Value: Uri.EscapeDataString(Uri.UnescapeDataString(part.ElementAtOrDefault(1) ?? ""))))
        .OrderBy(one => one.Name, StringComparer.Ordinal).ThenBy(one => one.Value, StringComparer.Ordinal)
        .Select(one => $"{one.Name}={one.Value}"));

    private static string ValueOf(RecordedRequest request, string name)
    {
        ImmutableArray<string> values = name == "host" ? [request.Host] : request.Headers.GetValueOrDefault(name, []);
        return string.Join(',', values.Select(value => string.Join(' ', value.Split(' ', StringSplitOptions.RemoveEmptyEntries))));
    }
}
