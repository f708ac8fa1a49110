// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Cagent.Compiler.Authz;
using Cagent.ControlPlane.Credentials;
using Cagent.Domains;
using Cagent.Policy.Model;

namespace Cagent.ExtAuthz.Signing;

/// <summary>
/// A request in the form in which AWS compares it with its signature. What two servers could read in different ways is refused with the
/// reason: a wrong signature would only be an answer that nobody understands. No I/O; thread safe.
/// </summary>
/// <param name="Method">The method.</param>
/// <param name="Path">The canonical path.</param>
/// <param name="Query">The canonical query.</param>
/// <param name="Headers">What of the agent's headers is signed, and the host as the upstream is told it.</param>
/// <param name="PayloadHash">What <c>x-amz-content-sha256</c> says.</param>
/// <param name="Target">The path with the query as they are sent, without what the agent has to say about signatures.</param>
public sealed record SignableRequest(
    string Method, string Path, string Query, ImmutableArray<KeyValuePair<string, string>> Headers, string PayloadHash, string Target)
{
    private const string Unsigned = "UNSIGNED-PAYLOAD";
    private const string UnsignedWithTrailer = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";
    private const int HashLength = 64;

    /// <summary>What only we say. An agent's own session is another identity than the operator's.</summary>
    private static readonly ImmutableArray<string> OurHeaders = ["x-amz-date", SigV4.PayloadHeader, SigV4.TokenHeader, "x-amz-s3session-token"];

    /// <summary>A signature in the query would be a second one, and its owner another (attack D9). The last one is of version 2.</summary>
    private static readonly ImmutableArray<string> SignatureParameters =
    [
        "X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires", "X-Amz-SignedHeaders", "X-Amz-Signature", "X-Amz-Security-Token", "X-Amz-Content-Sha256",
        "X-Amz-S3session-Token", "AWSAccessKeyId",
    ];

    /// <summary>The agent's headers to drop that we do not set anyway: Envoy removes after it has set.</summary>
    internal static ImmutableArray<string> Removals(SigningKeys keys) => keys.SessionToken is null ? [SigV4.TokenHeader, "x-amz-s3session-token"] : ["x-amz-s3session-token"];

    /// <summary>Reads a request; otherwise <paramref name="problem"/> says what about it cannot be signed.</summary>
    internal static bool TryRead(
        AuthzRequest request, AuthzEntry entry, string service, bool signsBody, [NotNullWhen(true)] out SignableRequest? signable, [NotNullWhen(false)] out string? problem)
    {
        signable = null;
        string target = request.Path;
        if (target.Contains('?', StringComparison.Ordinal))
        {
            foreach (string parameter in SignatureParameters)
            {
                target = AgentQuery.Without(target, parameter);
            }
        }

        string[] parts = target.Split('?', 2);
        string? payload = signsBody ? OfBody(request) : OfObject(request);
        string? path = AwsServices.IsObjectStore(service) ? ObjectPath(parts[0]) : AwsEncoding.OfPath(parts[0]);
        string? query = parts.Length < 2 ? "" : parts[1].Contains('+', StringComparison.Ordinal) ? null : AwsEncoding.OfQuery(parts[1]);
        problem = payload is null ? "its body is signed in pieces by the client, whose key is not the operator's; have the client sign whole bodies, or none"
            : path is null ? "its path has a + or an escaped /, which servers read in different ways; write %2B, or /"
            : query is null ? "its query has a + or a broken escape, which servers read in different ways; write %20 or %2B"
            : request.AmzHeaders.Any(header => header.Value.AsSpan().ContainsAnyExceptInRange(' ', '~')) ? "one of its x-amz- headers is not printable ASCII"
            : null;
        if (problem is not null)
        {
            return false;
        }

        ImmutableArray<KeyValuePair<string, string>> headers =
            [new("host", HostOf(request, entry)), .. request.AmzHeaders.Where(header => !OurHeaders.Contains(header.Key))];
        signable = new SignableRequest(request.Method, path!, query!, headers, payload!, target);
        return true;
    }

    /// <summary>A bound host is told the upstream by its true name.</summary>
    private static string HostOf(AuthzRequest request, AuthzEntry entry)
    {
        Port usual = request.Hop == AuthzHop.Plain ? Port.Http : Port.Https;
        return entry.Alias is { } alias && AuthorityView.TryParse(request.Authority, usual, out AuthorityView authority, out _) && authority.Host.SequenceEqual(alias.Value)
            ? entry.Key.Port == usual ? entry.Name[..entry.Name.LastIndexOf(':')] : entry.Name
            : request.Authority;
    }

    private static string? OfBody(AuthzRequest request) =>
        Declared(request)?.StartsWith("STREAMING-", StringComparison.Ordinal) == true ? null : SigV4.Hex(SHA256.HashData(request.Body.GetValueOrDefault().Span));

    private static string? OfObject(AuthzRequest request) => Declared(request) switch
    {
        null or Unsigned => Unsigned,
        UnsignedWithTrailer => UnsignedWithTrailer,
        { Length: HashLength } hash when hash.All(char.IsAsciiHexDigitLower) => hash,
        _ => null,
    };

    private static string? Declared(AuthzRequest request)
    {
        string[] values = [.. request.AmzHeaders.Where(header => header.Key == SigV4.PayloadHeader).Select(header => header.Value)];
        return values.Length == 0 ? null : string.Join(',', values);
    }

    // S3 takes an escaped slash for a slash or not, and a plus for a blank or not, depending on who asks in which of its parts.
    private static string? ObjectPath(string path) =>
        path.Contains('+', StringComparison.Ordinal) || path.Contains("%2f", StringComparison.OrdinalIgnoreCase) ? null : AwsEncoding.OfObjectPath(path);
}
