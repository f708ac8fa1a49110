// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;
using Cagent.ControlPlane.Credentials;
using Cagent.Secrets.Credentials.Fetching;
using Cagent.Secrets.Credentials.Http;
using Cagent.Secrets.Credentials.OAuth2;

namespace Cagent.Secrets.Credentials.Gcp;

/// <summary>
/// Tokens of a service account from the metadata server of Google Cloud ("Access VM metadata", "Service account credentials"), at the address
/// that the variable <c>GCE_METADATA_HOST</c> names, as Google's own libraries take it. Thread safe.
/// </summary>
internal sealed class GcpMetadataFetcher(SourceHttp http, TimeProvider time) : ICredentialFetcher
{
    private const string HostVariable = "GCE_METADATA_HOST";
    private const string DefaultHost = "metadata.google.internal";
    private const string Flavor = "Metadata-Flavor";

    public string Source => "gcp_metadata";

    public bool CanFetch(FetchedCredentialDefinition definition) => definition is GcpMetadataCredentialDefinition;

    public string TargetOf(FetchedCredentialDefinition definition) => Host;

    public async Task<FetchOutcome> FetchAsync(FetchedCredentialDefinition definition, CancellationToken cancellationToken)
    {
        GcpMetadataCredentialDefinition gcp = (GcpMetadataCredentialDefinition)definition;
        if (!Uri.TryCreate($"http://{Host}/computeMetadata/v1/instance/service-accounts/{Uri.EscapeDataString(gcp.ServiceAccount)}/{Query(gcp)}", UriKind.Absolute, out Uri? url))
        {
            return new FetchOutcome.Failed(FetchFailure.NotReady, $"the variable {HostVariable} holds no host, or host:port");
        }

        using HttpRequestMessage request = new(HttpMethod.Get, url) { Headers = { { Flavor, "Google" } } };
        DateTimeOffset sent = time.GetUtcNow();
        SourceAnswer answer = await http.SendAsync(request, null, cancellationToken).ConfigureAwait(false);
        return answer.Failure
            ?? (answer.Status switch
            {
                404 => new FetchOutcome.Failed(FetchFailure.Missing, "the metadata server knows no such service account on this machine"),
                403 => new FetchOutcome.Failed(FetchFailure.Refused, "the metadata server refuses; is a scope asked for that the machine does not have?"),
                >= 500 or 429 => new FetchOutcome.Failed(FetchFailure.Unavailable, Status(answer)) { RetryAfter = answer.RetryAfter },
                200 when answer.Headers is null || !answer.Headers.TryGetValues(Flavor, out IEnumerable<string>? values) || !values.Contains("Google", StringComparer.Ordinal) =>
                    new FetchOutcome.Failed(FetchFailure.Invalid, "what answers is no metadata server: it does not say Metadata-Flavor: Google"),
                not 200 => new FetchOutcome.Failed(FetchFailure.Invalid, Status(answer)),
                _ => gcp.Audience is null ? OfAccess(answer, sent) : OfIdentity(answer),
            });
    }

    private static string Host => Environment.GetEnvironmentVariable(HostVariable) is { Length: > 0 } host ? host : DefaultHost;

    private static string Query(GcpMetadataCredentialDefinition definition) =>
        definition.Audience is { } audience ? $"identity?audience={Uri.EscapeDataString(audience)}&format=full"
        : definition.Scopes.Items.IsEmpty ? "token" : $"token?scopes={Uri.EscapeDataString(string.Join(',', definition.Scopes.Items))}";

    private static string Status(SourceAnswer answer) => string.Create(CultureInfo.InvariantCulture, $"the metadata server answers with status {answer.Status}");

    private static FetchOutcome OfAccess(SourceAnswer answer, DateTimeOffset sent)
    {
        TokenAnswer token = TokenAnswer.OfToken(answer);
        return token is not { AccessToken: { } value, Lifetime: { } lifetime }
            ? new FetchOutcome.Failed(FetchFailure.Invalid, token.Problem ?? "the answer has no expires_in")
            : new FetchOutcome.Fetched(value) { ExpiresAt = TokenLifetime.End(sent, lifetime) };
    }

    /// <summary>The token is not verified, which is its audience's task: only its end is read.</summary>
    private FetchOutcome OfIdentity(SourceAnswer answer)
    {
        CredentialReading token = CredentialText.Parse(answer.Body.Span, "the identity token");
        DateTimeOffset now = time.GetUtcNow();
        return token.Value is null ? new FetchOutcome.Failed(FetchFailure.Invalid, token.Problem!)
            : ReadEnd(token.Value.Reveal()) is { } end ? new FetchOutcome.Fetched(token.Value) { ExpiresAt = end > now ? TokenLifetime.End(now, end - now) : end }
            : new FetchOutcome.Failed(FetchFailure.Invalid, "the answer is no identity token with an end (exp)");
    }

    private static DateTimeOffset? ReadEnd(string token)
    {
        string[] parts = token.Split('.');
        try
        {
            if (parts.Length != 3)
            {
                return null;
            }

            using JsonDocument claims = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[1]));
            return claims.RootElement.ValueKind == JsonValueKind.Object && claims.RootElement.TryGetProperty("exp", out JsonElement exp)
                && exp.ValueKind == JsonValueKind.Number && exp.TryGetInt64(out long seconds) && seconds is > 0 and < 253402300799
                ? DateTimeOffset.FromUnixTimeSeconds(seconds)
                : null;
        }
        catch (Exception exception) when (exception is FormatException or JsonException)
        {
            return null;
        }
    }
}
