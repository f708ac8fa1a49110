// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Cagent.ControlPlane.Credentials;
using Cagent.Secrets.Credentials.Fetching;
using Cagent.Secrets.Credentials.Http;

namespace Cagent.Secrets.Credentials.Vault;

/// <summary>The few requests to a Vault server that are needed, as its public HTTP API has them. Thread safe.</summary>
internal sealed class VaultApi(VaultServerDefinition server, SourceHttp http)
{
    public VaultServerDefinition Server => server;

    /// <summary>How messages call the server.</summary>
    public string Name => AddressOf(server)?.GetLeftPart(UriPartial.Authority) ?? "Vault";

    /// <summary>The server's URL; null when neither the policy nor the environment says.</summary>
    public static Uri? AddressOf(VaultServerDefinition server) =>
        Uri.TryCreate(server.Address ?? Environment.GetEnvironmentVariable("VAULT_ADDR"), UriKind.Absolute, out Uri? address)
        && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback)) && address.UserInfo.Length == 0 ? address : null;

    /// <summary>A secret of the KV engine.</summary>
    public Task<SourceAnswer> ReadAsync(string path, Secret token, CancellationToken cancellationToken) => SendAsync(HttpMethod.Get, path, token, null, cancellationToken);

    public Task<SourceAnswer> LookUpAsync(Secret token, CancellationToken cancellationToken) => SendAsync(HttpMethod.Get, "auth/token/lookup-self", token, null, cancellationToken);

    public Task<SourceAnswer> RenewAsync(Secret token, CancellationToken cancellationToken) => SendAsync(HttpMethod.Post, "auth/token/renew-self", token, "{}"u8.ToArray(), cancellationToken);

    /// <summary>Logs in with the login's secrets, in their order.</summary>
    public Task<SourceAnswer> LogInAsync(ImmutableArray<Secret> secrets, CancellationToken cancellationToken)
    {
        (string mount, byte[] body) = (server.Login, secrets) switch
        {
            (VaultLogin.AppRole role, [Secret roleId, Secret secretId]) => (role.Mount, Body(("role_id", roleId.Reveal()), ("secret_id", secretId.Reveal()))),
            (VaultLogin.Kubernetes kubernetes, [Secret jwt]) => (kubernetes.Mount, Body(("role", kubernetes.Role), ("jwt", jwt.Reveal()))),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        return SendAsync(HttpMethod.Post, $"auth/{mount}/login", null, body, cancellationToken);
    }

    private async Task<SourceAnswer> SendAsync(HttpMethod method, string path, Secret? token, byte[]? body, CancellationToken cancellationToken)
    {
        if (AddressOf(server) is not { } address)
        {
            return SourceAnswer.None(FetchFailure.NotReady, "the policy has no address of Vault, and VAULT_ADDR in the environment of Cagent is no https URL");
        }

        using HttpRequestMessage request = new(method, new Uri(address, $"/v1/{path}"));
        request.Headers.Add("X-Vault-Request", "true");
        if (server.Namespace is not null)
        {
            request.Headers.Add("X-Vault-Namespace", server.Namespace);
        }

        if (token is not null)
        {
            request.Headers.TryAddWithoutValidation("X-Vault-Token", token.Reveal());
        }

        if (body is not null)
        {
            request.Content = new ByteArrayContent(body) { Headers = { { "Content-Type", "application/json" } } };
        }

        return await http.SendAsync(request, server.CaFile, cancellationToken).ConfigureAwait(false);
    }

    private static byte[] Body(params (string Name, string Value)[] members) => Encoding.UTF8.GetBytes(JsonSerializer.Serialize(members.ToDictionary(member => member.Name, member => member.Value)));
}
