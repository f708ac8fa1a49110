// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Cagent.ControlPlane.Credentials;

namespace Cagent.ExtAuthz.Signing;

/// <summary>AWS Signature Version 4 ("Create a signed AWS API request", IAM user guide): pure, no clock, thread safe.</summary>
internal static class SigV4
{
    /// <summary>The header that tells the hash of the body, or that it is not signed.</summary>
    public const string PayloadHeader = "x-amz-content-sha256";

    /// <summary>The header with the session's token.</summary>
    public const string TokenHeader = "x-amz-security-token";

    private const string Algorithm = "AWS4-HMAC-SHA256";

    /// <summary>The value of <c>x-amz-date</c>.</summary>
    public static string Stamp(DateTimeOffset time) => time.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);

    /// <summary>What is hashed and signed. Headers are those that travel, in any order and case; values of one name keep their order.</summary>
    public static string CanonicalRequest(string method, string path, string query, IEnumerable<KeyValuePair<string, string>> headers, string payloadHash)
    {
        ImmutableArray<(string Name, string Value)> sorted = Sort(headers);
        StringBuilder text = new();
        text.Append(method).Append('\n').Append(path).Append('\n').Append(query).Append('\n');
        foreach ((string name, string value) in sorted)
        {
            text.Append(name).Append(':').Append(value).Append('\n');
        }

        return text.Append('\n').Append(Names(sorted)).Append('\n').Append(payloadHash).ToString();
    }

    /// <summary>The value of <c>authorization</c> for a canonical request. Reveals the keys to make it.</summary>
    /// <param name="canonical">Of <see cref="CanonicalRequest"/>.</param>
    /// <param name="headers">The headers that were given to it.</param>
    /// <param name="keys">Whose signature it is.</param>
    /// <param name="scope">What it holds for.</param>
    /// <param name="time">When; the same as in <c>x-amz-date</c>.</param>
    public static string Authorization(string canonical, IEnumerable<KeyValuePair<string, string>> headers, SigningKeys keys, SigningScope scope, DateTimeOffset time)
    {
        string stamp = Stamp(time);
        string day = stamp[..8];
        string credentialScope = $"{day}/{scope.Region}/{scope.Service}/aws4_request";
        string toSign = $"{Algorithm}\n{stamp}\n{credentialScope}\n{Hex(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))}";
        byte[] key = Encoding.UTF8.GetBytes("AWS4" + keys.SecretAccessKey.Reveal());
        foreach (string part in new[] { day, scope.Region, scope.Service, "aws4_request" })
        {
            byte[] next = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
            CryptographicOperations.ZeroMemory(key);
            key = next;
        }

        string signature = Hex(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(toSign)));
        CryptographicOperations.ZeroMemory(key);
        return $"{Algorithm} Credential={keys.AccessKeyId.Reveal()}/{credentialScope}, SignedHeaders={Names(Sort(headers))}, Signature={signature}";
    }

    /// <summary>Bytes as AWS writes them.</summary>
    public static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);

    private static ImmutableArray<(string Name, string Value)> Sort(IEnumerable<KeyValuePair<string, string>> headers) =>
    [
        .. headers.GroupBy(header => header.Key.ToLowerInvariant(), header => Squeeze(header.Value), StringComparer.Ordinal)
            .OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => (group.Key, string.Join(',', group))),
    ];

    private static string Names(ImmutableArray<(string Name, string Value)> sorted) => string.Join(';', sorted.Select(header => header.Name));

    /// <summary>Without the blanks around it, and with one where there are several.</summary>
    private static string Squeeze(string value) =>
        value.Contains("  ", StringComparison.Ordinal) || value.AsSpan().ContainsAny('\t', '\r', '\n')
            ? string.Join(' ', value.Split([' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries))
            : value.Trim();
}
