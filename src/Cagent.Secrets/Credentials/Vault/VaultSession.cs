// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Text.Json;
using Cagent.ControlPlane.Credentials;
using Cagent.Secrets.Credentials.Fetching;
using Cagent.Secrets.Credentials.Http;

namespace Cagent.Secrets.Credentials.Vault;

/// <summary>
/// A login to one Vault: logs in when first needed, renews the token from half of its lease on, and logs in again when it cannot be renewed
/// any more or the login's own secrets have changed. One request about the token at a time. Thread safe.
/// </summary>
#pragma warning disable CA1001 // No wait handle is made of the semaphore, so there is nothing to dispose; and a fetch of a session that was dropped may still be under way.
internal sealed class VaultSession(VaultApi api, TimeProvider time)
{
    private readonly SemaphoreSlim _gate = new(1);
    private VaultToken? _token;                   // under _gate
    private ImmutableArray<Secret> _secrets = []; // under _gate: those that _token was made with

    public VaultApi Api => api;

    /// <summary>A token that should work.</summary>
    /// <param name="refused">The one that did not, or null.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<VaultToken> GetTokenAsync(VaultToken? refused, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ImmutableArray<CredentialReading> parts = [.. api.Server.Login.GetParts().Select(part => PlainCredential.Read(part, out _))];
            if (parts.FirstOrDefault(part => part.Value is null) is { } missing)
            {
                return Failed(new FetchOutcome.Failed(FetchFailure.NotReady, $"the login to Vault needs what is not there: {missing.Problem}"));
            }

            ImmutableArray<Secret> secrets = [.. parts.Select(part => part.Value!)];
            bool isOther = secrets.Length != _secrets.Length || !secrets.Zip(_secrets).All(pair => pair.First.HasValueOf(pair.Second));
            DateTimeOffset now = time.GetUtcNow();
            if (_token is null || isOther || ReferenceEquals(_token, refused) || _token.IsOver(now))
            {
                return await LogInAsync(secrets, cancellationToken).ConfigureAwait(false);
            }

            return _token.IsDue(now) ? await RenewAsync(_token, secrets, cancellationToken).ConfigureAwait(false) : _token;
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task<VaultToken> LogInAsync(ImmutableArray<Secret> secrets, CancellationToken cancellationToken)
    {
        VaultToken token = api.Server.Login is VaultLogin.Token
            ? await LookUpAsync(secrets[0], cancellationToken).ConfigureAwait(false)
            : ReadAuth(await api.LogInAsync(secrets, cancellationToken).ConfigureAwait(false), null);
        _token = token.Failure is null ? token : null;
        _secrets = secrets;
        return token;
    }

    private async Task<VaultToken> RenewAsync(VaultToken token, ImmutableArray<Secret> secrets, CancellationToken cancellationToken)
    {
        if (token.IsRenewable)
        {
            SourceAnswer answer = await api.RenewAsync(token.Value!, cancellationToken).ConfigureAwait(false);
            VaultToken renewed = ReadAuth(answer, token.Value);
            // A lease that no longer grows has met its maximum: a login is better than a renewal every moment.
            if (renewed.Failure is null && renewed.Lease >= token.Lease / 2)
            {
                return _token = renewed;
            }

            if (answer.Failure is not null || answer.Status >= 500)
            {
                return token; // an outage: there is half of the lease left for it
            }

            token = renewed.Failure is null ? renewed : token;
        }

        if (api.Server.Login is VaultLogin.Token)
        {
            return _token = token; // there is no other: it is used until Vault refuses it
        }

        VaultToken next = await LogInAsync(secrets, cancellationToken).ConfigureAwait(false);
        // Who cannot log in now still has the token of before.
        return next.Failure is null ? next : _token = token;
    }

    /// <summary>What Vault knows of a token that somebody else made.</summary>
    private async Task<VaultToken> LookUpAsync(Secret token, CancellationToken cancellationToken)
    {
        SourceAnswer answer = await api.LookUpAsync(token, cancellationToken).ConfigureAwait(false);
        if (!answer.IsSuccess)
        {
            return Failed(VaultProblems.Of(answer, api.Name, "the token is unknown to it, has ended or was revoked"));
        }

        using JsonDocument? document = answer.ParseObject();
        if (document is null || !document.RootElement.TryGetProperty("data", out JsonElement data) || data.ValueKind != JsonValueKind.Object)
        {
            return Failed(VaultProblems.Unreadable(api.Name));
        }

        bool isRenewable = data.TryGetProperty("renewable", out JsonElement renewable) && renewable.ValueKind == JsonValueKind.True;
        // Without renewal there is nothing to do about its end: it is used until Vault refuses it.
        return new VaultToken(token, null) { Since = time.GetUtcNow(), Lease = isRenewable ? Seconds(data, "ttl") : TimeSpan.Zero, IsRenewable = isRenewable };
    }

    private VaultToken ReadAuth(SourceAnswer answer, Secret? known)
    {
        if (!answer.IsSuccess)
        {
            return Failed(VaultProblems.Of(answer, api.Name, known is null ? "the login is refused: role, secret and mount must be right, and the secret not used up" : "the token cannot be renewed"));
        }

        using JsonDocument? document = answer.ParseObject();
        if (document is null || !document.RootElement.TryGetProperty("auth", out JsonElement auth) || auth.ValueKind != JsonValueKind.Object)
        {
            return Failed(VaultProblems.Unreadable(api.Name));
        }

        string? text = auth.TryGetProperty("client_token", out JsonElement token) && token.ValueKind == JsonValueKind.String ? token.GetString() : null;
        Secret? value = known ?? (string.IsNullOrEmpty(text) ? null : CredentialText.Parse(System.Text.Encoding.UTF8.GetBytes(text), "the token").Value);
        return value is null ? Failed(VaultProblems.Unreadable(api.Name)) : new VaultToken(value, null)
        {
            Since = time.GetUtcNow(),
            Lease = Seconds(auth, "lease_duration"),
            IsRenewable = auth.TryGetProperty("renewable", out JsonElement renewable) && renewable.ValueKind == JsonValueKind.True,
        };
    }

    private static TimeSpan Seconds(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long seconds) && seconds is > 0 and < int.MaxValue
            ? TimeSpan.FromSeconds(seconds)
            : TimeSpan.Zero;

    private static VaultToken Failed(FetchOutcome.Failed failure) => new(null, failure);
}
