// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using System.Text.Json;
using Cagent.ControlPlane.Credentials;
using Cagent.Secrets.Credentials.Http;

namespace Cagent.Secrets.Credentials.OAuth2;

/// <summary>The answer of a token endpoint (RFC 6749 sections 5.1 and 5.2). Nothing of it but the known error codes is ever told.</summary>
/// <param name="AccessToken">The token; null of an error.</param>
/// <param name="RefreshToken">A new refresh token; null when the one of before stays.</param>
/// <param name="Lifetime">How long the token lives; null when the server does not say.</param>
/// <param name="Problem">What is wrong; null of a token.</param>
internal sealed record TokenAnswer(Secret? AccessToken, Secret? RefreshToken, TimeSpan? Lifetime, string? Problem)
{
    private const int MaxLifetimeSeconds = 10 * 365 * 24 * 3600;

    /// <summary>Whether the refresh token, or the client's right to the grant, is refused.</summary>
    public bool IsInvalidGrant { get; private init; }

    /// <summary>Whether the server has understood, and says no.</summary>
    public bool IsRefusal { get; private init; }

    /// <summary>Reads the body of a 200.</summary>
    public static TokenAnswer OfToken(SourceAnswer answer)
    {
        using JsonDocument? json = answer.ParseObject();
        if (json is null)
        {
            return Failed("the answer is no JSON object");
        }

        JsonElement root = json.RootElement;
        if (Text(root, "access_token") is not { } text)
        {
            return Failed("the answer has no access_token");
        }

        // "MUST NOT use an access token if it does not understand the type" (section 7.1).
        if (Text(root, "token_type") is not { } type || !type.Equals("bearer", StringComparison.OrdinalIgnoreCase))
        {
            return Failed("the answer's token_type is not Bearer");
        }

        CredentialReading access = CredentialText.Parse(Encoding.UTF8.GetBytes(text), "the access token");
        CredentialReading? refresh = Text(root, "refresh_token") is { Length: > 0 } next ? CredentialText.Parse(Encoding.UTF8.GetBytes(next), "the refresh token") : null;
        return (access.Problem ?? refresh?.Problem) is { } problem
            ? Failed(problem)
            : new TokenAnswer(access.Value, refresh?.Value, Seconds(root) is { } seconds ? TimeSpan.FromSeconds(seconds) : null, null);
    }

    /// <summary>Reads the body of anything else that is no outage.</summary>
    public static TokenAnswer OfError(SourceAnswer answer)
    {
        using JsonDocument? json = answer.ParseObject();
        string? code = json is null ? null : Text(json.RootElement, "error");
        string? meaning = code switch
        {
            "invalid_request" => "the server does not understand the request (invalid_request); does it want client_auth: post, or an audience?",
            "invalid_client" => "the server does not take the client's id and secret (invalid_client); check both, and client_auth",
            "invalid_grant" => "the server refuses the grant (invalid_grant)",
            "unauthorized_client" => "the client may not use this grant (unauthorized_client); allow it at the server",
            "unsupported_grant_type" => "the server does not know this grant (unsupported_grant_type); is token_url its token endpoint?",
            "invalid_scope" => "the server does not grant these scopes (invalid_scope)",
            "invalid_target" => "the server does not know this audience (invalid_target)",
            _ => null,
        };
        return meaning is not null ? Failed(meaning) with { IsInvalidGrant = code == "invalid_grant", IsRefusal = true }
            : answer.Status is >= 300 and < 400 ? Failed(string.Create(CultureInfo.InvariantCulture, $"the server redirects (status {answer.Status}), and a secret follows nowhere; write where to as token_url"))
            : Failed(string.Create(CultureInfo.InvariantCulture, $"the server answers with status {answer.Status} and no error of OAuth 2.0; is token_url its token endpoint?"));
    }

    private static TokenAnswer Failed(string problem) => new(null, null, null, problem);

    private static string? Text(JsonElement root, string name)
    {
        try
        {
            return root.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null; // half of a surrogate pair
        }
    }

    // Some servers write a text.
    private static double? Seconds(JsonElement root) =>
        !root.TryGetProperty("expires_in", out JsonElement value) ? null
        : (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number))
            || (value.ValueKind == JsonValueKind.String && double.TryParse(Text(root, "expires_in"), NumberStyles.None, CultureInfo.InvariantCulture, out number))
            ? double.Clamp(number, 0, MaxLifetimeSeconds)
        : null;
}
