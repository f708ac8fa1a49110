// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Cagent.TestKit.Vault;

/// <summary>
/// A Vault that is none: it speaks the part of the HTTP API that Cagent uses, on a real socket, with the statuses and bodies that the public
/// API documentation gives (and, of refusals, those that OpenBao's developer server was seen to send). KV 1 and 2, tokens with leases,
/// AppRole, Kubernetes, namespaces, sealed. No policies: a token reads what <see cref="VaultGrant.Paths"/> says. A real Vault cannot be had
/// on the machines of this project, so a test against this one proves what the documentation says, not what a version does. Thread safe.
/// </summary>
public sealed class FakeVault : IAsyncDisposable
{
    private readonly TimeProvider _time;
    private readonly X509Certificate2? _certificate;
    private readonly ConcurrentDictionary<string, FakeVaultSecret> _secrets = new(StringComparer.Ordinal); // by namespace and API path
    private readonly ConcurrentDictionary<string, VaultGrant> _tokens = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<VaultRequest> _requests = new();
    private WebApplication? _application;
    private int _port;
    private int _made;

    /// <summary>A server that has not started.</summary>
    /// <param name="time">By which leases end.</param>
    /// <param name="certificate">The server's; null serves plain HTTP.</param>
    public FakeVault(TimeProvider time, X509Certificate2? certificate = null)
    {
        _time = time;
        _certificate = certificate;
    }

    /// <summary>The URL of the server on 127.0.0.1.</summary>
    public string Address => $"{(_certificate is null ? "http" : "https")}://127.0.0.1:{_port}";

    /// <summary>Everything that was asked, oldest first.</summary>
    public ImmutableArray<VaultRequest> Requests => [.. _requests];

    /// <summary>Whether it answers 503, as a sealed one does.</summary>
    public bool IsSealed { get; set; }

    /// <summary>The role that AppRole and Kubernetes give tokens to.</summary>
    public VaultGrant Role { get; set; } = new(TimeSpan.FromHours(1));

    /// <summary>What AppRole takes: role id and secret id.</summary>
    public (string RoleId, string SecretId) AppRole { get; set; } = ("role-of-cagent", "secret-of-cagent");

    /// <summary>What Kubernetes takes: role and the token of a service account.</summary>
    public (string Role, string Jwt) Kubernetes { get; set; } = ("cagent", "jwt-of-the-pod");

    /// <summary>Starts, or starts again on the port of before.</summary>
    public async Task StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, _port, listen =>
        {
            if (_certificate is not null)
            {
                listen.UseHttps(_certificate);
            }
        }));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.Zero);
        _application = builder.Build();
        _application.Run(ServeAsync);
        await _application.StartAsync();
        _port = new Uri(_application.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single()).Port;
    }

    /// <summary>Goes away: connections end and the port is closed. What it holds stays.</summary>
    public async Task StopAsync()
    {
        if (_application is { } application)
        {
            _application = null;
            await application.DisposeAsync();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await StopAsync();

    /// <summary>Writes a secret; of version 2 it becomes the newest version. <paramref name="path"/> is the API path.</summary>
    public void Put(string path, string field, string value, int version = 2, DateTimeOffset? deletion = null, string @namespace = "") =>
        _secrets.AddOrUpdate(
            Key(@namespace, path), _ => new FakeVaultSecret(version, 1, field, value, deletion, false),
            (_, before) => new FakeVaultSecret(version, before.Number + 1, field, value, deletion, false));

    /// <summary>Deletes the newest version, as <c>vault kv delete</c> does: its data are gone, its metadata are not.</summary>
    public void Delete(string path, string @namespace = "")
    {
        string key = Key(@namespace, path);
        _secrets[key] = _secrets[key] with { IsDeleted = true };
    }

    /// <summary>Makes a token known.</summary>
    public void AddToken(string token, VaultGrant grant) => _tokens[token] = grant with { Since = _time.GetUtcNow(), Made = _time.GetUtcNow() };

    /// <summary>Revokes every token.</summary>
    public void RevokeAll() => _tokens.Clear();

    private static string Key(string @namespace, string path) => $"{@namespace.Trim('/')} {path}";

    private async Task ServeAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        string token = request.Headers["X-Vault-Token"].ToString();
        string @namespace = request.Headers["X-Vault-Namespace"].ToString().Trim('/');
        string path = request.Path.Value!.StartsWith("/v1/", StringComparison.Ordinal) ? request.Path.Value[4..] : "";
        JsonObject? body = request.ContentLength > 0 ? (await JsonNode.ParseAsync(request.Body, cancellationToken: context.RequestAborted))?.AsObject() : null;
        _requests.Enqueue(new VaultRequest(request.Method, path, @namespace, token));
        (int status, JsonObject answer) = Answer(request.Method, path, @namespace, token, body);
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(answer.ToJsonString(), context.RequestAborted);
    }

    private (int Status, JsonObject Body) Answer(string method, string path, string @namespace, string token, JsonObject? body) => (method, path) switch
    {
        _ when IsSealed => Errors(503, "Vault is sealed"),
        _ when path.Length == 0 => Errors(404),
        ("POST", "auth/approle/login") => LogIn(Text(body, "role_id") == AppRole.RoleId && Text(body, "secret_id") == AppRole.SecretId, 400, "invalid role or secret ID"),
        ("POST", "auth/kubernetes/login") => LogIn(Text(body, "role") == Kubernetes.Role && Text(body, "jwt") == Kubernetes.Jwt, 403, "permission denied"),
        _ => Find(token) is { } grant ? Answer(method, path, @namespace, token, grant) : Errors(403, "permission denied"),
    };

    private (int Status, JsonObject Body) Answer(string method, string path, string @namespace, string token, VaultGrant grant) => (method, path) switch
    {
        ("GET", "auth/token/lookup-self") => (200, new JsonObject { ["data"] = new JsonObject { ["ttl"] = (long)Left(grant).TotalSeconds, ["renewable"] = grant.IsRenewable } }),
        ("POST", "auth/token/renew-self") => Renew(token, grant),
        ("GET", _) => grant.Reads(path) ? Read(path, @namespace) : Errors(403, "1 error occurred:\n\t* permission denied\n\n"),
        _ => Errors(405, "unsupported operation"),
    };

    private (int Status, JsonObject Body) LogIn(bool isRight, int refusal, string problem)
    {
        if (!isRight)
        {
            return Errors(refusal, problem);
        }

        string token = $"hvs.fake-{Interlocked.Increment(ref _made)}-{Guid.NewGuid():N}";
        AddToken(token, Role);
        return Auth(token, Role);
    }

    private (int Status, JsonObject Body) Renew(string token, VaultGrant grant)
    {
        if (!grant.IsRenewable)
        {
            return Errors(400, "lease is not renewable");
        }

        DateTimeOffset now = _time.GetUtcNow();
        TimeSpan most = grant.MaxLife is { } life ? grant.Made + life - now : grant.Lease;
        VaultGrant renewed = grant with { Since = now, Lease = most < grant.Lease ? most : grant.Lease };
        _tokens[token] = renewed;
        return Auth(token, renewed);
    }

    private static (int Status, JsonObject Body) Auth(string token, VaultGrant grant) => (200, new JsonObject
    {
        ["auth"] = new JsonObject { ["client_token"] = token, ["lease_duration"] = (long)grant.Lease.TotalSeconds, ["renewable"] = grant.IsRenewable, ["token_type"] = "service" },
    });

    private (int Status, JsonObject Body) Read(string path, string @namespace)
    {
        if (!_secrets.TryGetValue(Key(@namespace, path), out FakeVaultSecret? secret))
        {
            return Errors(404);
        }

        JsonObject data = new() { [secret.Field] = secret.Value };
        if (secret.Version == 1)
        {
            return (200, new JsonObject { ["lease_id"] = "", ["renewable"] = false, ["lease_duration"] = 2764800, ["data"] = data });
        }

        JsonObject metadata = new()
        {
            ["created_time"] = "2026-01-01T00:00:00.000000001Z",
            ["custom_metadata"] = null,
            ["deletion_time"] = secret.IsDeleted ? "2026-01-01T00:00:00Z" : secret.Deletion?.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", System.Globalization.CultureInfo.InvariantCulture) ?? "",
            ["destroyed"] = false,
            ["version"] = secret.Number,
        };
        return (secret.IsDeleted ? 404 : 200, new JsonObject { ["data"] = new JsonObject { ["data"] = secret.IsDeleted ? null : data, ["metadata"] = metadata } });
    }

    private VaultGrant? Find(string token) => _tokens.TryGetValue(token, out VaultGrant? grant) && (grant.Lease <= TimeSpan.Zero || Left(grant) > TimeSpan.Zero) ? grant : null;

    private TimeSpan Left(VaultGrant grant) => grant.Lease <= TimeSpan.Zero ? TimeSpan.Zero : grant.Since + grant.Lease - _time.GetUtcNow();

    private static string? Text(JsonObject? body, string name) => body?[name]?.GetValue<string>();

    private static (int Status, JsonObject Body) Errors(int status, params string[] texts) => (status, new JsonObject { ["errors"] = new JsonArray([.. texts.Select(text => (JsonNode)text)]) });

    private sealed record FakeVaultSecret(int Version, int Number, string Field, string Value, DateTimeOffset? Deletion, bool IsDeleted);
}
