// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Cagent.ControlPlane.Credentials;
using Cagent.Secrets.Credentials.Fetching;
using Cagent.Secrets.Credentials.Http;

namespace Cagent.Secrets.Credentials.OAuth2;

/// <summary>Access tokens of OAuth 2.0 (RFC 6749), by the client credentials grant or by refresh tokens. Thread safe.</summary>
internal sealed class OAuth2Fetcher(bool refreshes, SourceHttp http, RefreshTokenStore store, TimeProvider time) : ICredentialFetcher
{
    public string Source => refreshes ? "oauth2_refresh_token" : "oauth2_client_credentials";

    public bool CanFetch(FetchedCredentialDefinition definition) => definition is OAuth2CredentialDefinition oauth && oauth.RefreshToken is not null == refreshes;

    public string TargetOf(FetchedCredentialDefinition definition) => new Uri(((OAuth2CredentialDefinition)definition).Client.TokenUrl).GetLeftPart(UriPartial.Path);

    public async Task<FetchOutcome> FetchAsync(FetchedCredentialDefinition definition, CancellationToken cancellationToken)
    {
        OAuth2CredentialDefinition oauth = (OAuth2CredentialDefinition)definition;
        CredentialReading id = PlainCredential.Read(oauth.Client.Id, out _);
        CredentialReading? secret = oauth.Client.Secret is null ? null : PlainCredential.Read(oauth.Client.Secret, out _);
        if (id.Value is null || secret is { Value: null })
        {
            return NotReady(id.Value is null ? $"client_id: {id.Problem}" : $"client_secret: {secret!.Problem}");
        }

        ClientLogin login = new(id.Value, secret?.Value);
        return oauth.RefreshToken is null
            ? Outcome(await AskAsync(oauth, login, [new("grant_type", "client_credentials")], cancellationToken).ConfigureAwait(false))
            : await RefreshAsync(oauth, oauth.RefreshToken, login, cancellationToken).ConfigureAwait(false);
    }

    public void Retain(IReadOnlyCollection<FetchedCredentialDefinition> definitions) =>
        store.Retain([.. definitions.Select(definition => definition.Name)]);

    private async Task<FetchOutcome> RefreshAsync(OAuth2CredentialDefinition definition, CredentialDefinition source, ClientLogin login, CancellationToken cancellationToken)
    {
        CredentialReading first = PlainCredential.Read(source, out _);
        if (first.Value is null)
        {
            return NotReady($"refresh_token: {first.Problem}");
        }

        RefreshTokenChain chain = store.Open(definition, first.Value);
        if (chain.Current is not { } current)
        {
            return NotReady(chain.Problem ?? "there is no refresh token");
        }

        if (store.BeginAsking(chain, current) is { } problem)
        {
            return NotReady(problem);
        }

        Asked asked = await AskAsync(definition, login, [new("grant_type", "refresh_token"), new("refresh_token", current.Reveal())], cancellationToken).ConfigureAwait(false);
        if (asked.Answer is not { } answer)
        {
            return asked.Failed!; // whether the server took the token nobody knows: the mark stays
        }

        if (answer.Problem is null)
        {
            // Before the new access token is used: a token that rotated and is not on disk is lost with this process.
            return store.Keep(chain, answer.RefreshToken) is { } lost ? NotReady(lost) : Outcome(asked);
        }

        FetchOutcome.Failed failed = answer.IsInvalidGrant ? new FetchOutcome.Failed(FetchFailure.Refused, RefreshTokenStore.Explain(chain)) : (FetchOutcome.Failed)Outcome(asked);
        store.EndAsking(chain);
        return failed;
    }

    private async Task<Asked> AskAsync(OAuth2CredentialDefinition definition, ClientLogin login, List<KeyValuePair<string, string>> form, CancellationToken cancellationToken)
    {
        if (!definition.Scopes.Items.IsEmpty)
        {
            form.Add(new("scope", string.Join(' ', definition.Scopes.Items)));
        }

        if (definition.Audience is { } audience)
        {
            form.Add(new("audience", audience));
        }

        bool isBasic = login.Secret is not null && !definition.Client.IsSecretInBody;
        if (!isBasic)
        {
            form.Add(new("client_id", login.Id.Reveal()));
        }

        if (!isBasic && login.Secret is { } secret)
        {
            form.Add(new("client_secret", secret.Reveal()));
        }

        using HttpRequestMessage request = new(HttpMethod.Post, definition.Client.TokenUrl) { Content = new FormUrlEncodedContent(form) };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (isBasic)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", login.Basic());
        }

        DateTimeOffset sent = time.GetUtcNow();
        SourceAnswer answer = await http.SendAsync(request, definition.Client.CaFile, cancellationToken).ConfigureAwait(false);
        return (answer.Failure ?? Outage(answer)) is { } failure
            ? new Asked(sent, null, failure)
            : new Asked(sent, answer.IsSuccess ? TokenAnswer.OfToken(answer) : TokenAnswer.OfError(answer), null);
    }

    private static FetchOutcome.Failed? Outage(SourceAnswer answer) => answer.Status is >= 500 or 429 or 408
        ? new FetchOutcome.Failed(FetchFailure.Unavailable, string.Create(CultureInfo.InvariantCulture, $"the authorization server answers with status {answer.Status}")) { RetryAfter = answer.RetryAfter }
        : null;

    private static FetchOutcome Outcome(Asked asked)
    {
        if (asked.Answer is not { } answer)
        {
            return asked.Failed!;
        }

        if (answer.AccessToken is not { } token)
        {
            return new FetchOutcome.Failed(asked.Answer.IsRefusal ? FetchFailure.Refused : FetchFailure.Invalid, answer.Problem!);
        }

        return new FetchOutcome.Fetched(token) { ExpiresAt = TokenLifetime.End(asked.Sent, answer.Lifetime ?? TokenLifetime.Assumed) };
    }

    private static FetchOutcome.Failed NotReady(string problem) => new(FetchFailure.NotReady, problem);

    private sealed record Asked(DateTimeOffset Sent, TokenAnswer? Answer, FetchOutcome.Failed? Failed);

    /// <summary>The client's id and secret; each in its own encoding, for a colon may be part of either (section 2.3.1).</summary>
    private sealed record ClientLogin(Secret Id, Secret? Secret)
    {
        public string Basic() => Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Encode(Id)}:{Encode(Secret!)}"));

        private static string Encode(Secret part) => Uri.EscapeDataString(part.Reveal()).Replace("%20", "+", StringComparison.Ordinal);
    }
}
