// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using Cagent.ControlPlane.Credentials;
using Cagent.Secrets.Credentials.Fetching;
using Cagent.Secrets.Credentials.Http;

namespace Cagent.Secrets.Credentials.Vault;

/// <summary>
/// <c>from: vault</c>. One session for each server and login, which all credentials of both share; a token that is refused is dropped and the
/// login tried once more before the refusal is believed. Thread safe.
/// </summary>
internal sealed class VaultFetcher(SourceHttp http, TimeProvider time) : ICredentialFetcher
{
    // For the credentials of the policy in force: Retain drops the others.
    private readonly ConcurrentDictionary<VaultServerDefinition, VaultSession> _sessions = new();

    public string Source => "vault";

    public bool CanFetch(FetchedCredentialDefinition definition) => definition is VaultCredentialDefinition;

    public string TargetOf(FetchedCredentialDefinition definition) => VaultApi.AddressOf(((VaultCredentialDefinition)definition).Server)?.GetLeftPart(UriPartial.Authority) ?? "VAULT_ADDR";

    public async Task<FetchOutcome> FetchAsync(FetchedCredentialDefinition definition, CancellationToken cancellationToken)
    {
        VaultCredentialDefinition vault = (VaultCredentialDefinition)definition;
        VaultSession session = _sessions.GetOrAdd(vault.Server, server => new VaultSession(new VaultApi(server, http), time));
        VaultToken token = await session.GetTokenAsync(null, cancellationToken).ConfigureAwait(false);
        if (token.Failure is { } failure)
        {
            return failure;
        }

        SourceAnswer answer = await session.Api.ReadAsync(vault.Path, token.Value!, cancellationToken).ConfigureAwait(false);
        if (answer.Status == 403)
        {
            // Revoked, ended or without the policy: Vault does not say which. A new login tells.
            token = await session.GetTokenAsync(token, cancellationToken).ConfigureAwait(false);
            if (token.Failure is { } again)
            {
                return again;
            }

            answer = await session.Api.ReadAsync(vault.Path, token.Value!, cancellationToken).ConfigureAwait(false);
        }

        FetchOutcome outcome = VaultSecret.Read(answer, vault, time.GetUtcNow());
        // The next fetch is also the next renewal of the login.
        return outcome is FetchOutcome.Fetched fetched && token.RenewIn(time.GetUtcNow()) is { } renew && renew < fetched.RefreshIn
            ? fetched with { RefreshIn = renew }
            : outcome;
    }

    public void Retain(IReadOnlyCollection<FetchedCredentialDefinition> definitions)
    {
        HashSet<VaultServerDefinition> used = [.. definitions.OfType<VaultCredentialDefinition>().Select(definition => definition.Server)];
        foreach (VaultServerDefinition server in _sessions.Keys.Where(server => !used.Contains(server)))
        {
            _sessions.TryRemove(server, out _);
        }
    }
}
