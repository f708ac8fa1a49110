// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.TestKit.Files;
using Cagent.TestKit.Http;
using Cagent.TestKit.Processes;
using Microsoft.AspNetCore.Http;

namespace Cagent.EndToEnd.Tests.Credentials.OAuth2;

/// <summary>Entries whose tokens are fetched: by both OAuth 2.0 grants from a real server, from one that the tests stop, and from a metadata server.</summary>
public sealed class OAuth2Deployment : SharedDeployment
{
    public const string Basic = "basic.example.com";
    public const string Post = "post.example.com";
    public const string Refresh = "refresh.example.com";
    public const string Stopped = "stopped.example.com";
    public const string Wrong = "wrong.example.com";
    public const string Gcp = "gcp.example.com";

    private readonly TemporaryFolder _folder = new();
    private int _metadata;

    internal AuthorizationServer Server { get; private set; } = null!;

    internal AuthorizationServer OtherServer { get; private set; } = null!;

    public Upstream Web { get; private set; } = null!;

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        if (Server is not null)
        {
            await Server.DisposeAsync();
            await OtherServer.DisposeAsync();
        }

        _folder.Dispose();
    }

    protected override bool CanStart() => base.CanStart() && (AuthorizationServer.Missing is null || EnvoyBinary.IsRequired("oidc-provider"));

    protected override async Task StartAsync(Deployment deployment)
    {
        Server = await AuthorizationServer.StartAsync(deployment.Secret);
        OtherServer = await AuthorizationServer.StartAsync(deployment.Secret);
        await File.WriteAllTextAsync(_folder.Combine("refresh"), await Server.SeedAsync());
        string[] names = [Basic, Post, Refresh, Stopped, Wrong, Gcp];
        Web = await deployment.Internet.AddHttpsAsync(Basic, certificateNames: names);
        foreach (string name in names)
        {
            deployment.Internet.Dns.Set(name, Web.EndPoint.Address);
        }

        Upstream metadata = await deployment.Internet.AddHttpAsync("metadata.example.com");
        metadata.Handle("/computeMetadata/v1/instance/service-accounts/default/token", AnswerMetadataAsync);
        const string Secret = "client_secret: {from: env, name: CANARY_TOKEN}";
        string policy = deployment.Head
            + $"  basic: {{from: oauth2_client_credentials, token_url: \"{Server.TokenUrl}\", client_id: {{from: env, name: ID_BASIC}}, {Secret}, scopes: [\"api:read\"]}}\n"
            + $"  post: {{from: oauth2_client_credentials, token_url: \"{Server.TokenUrl}\", client_id: {{from: env, name: ID_POST}}, {Secret}, client_auth: post}}\n"
            + $"  refresh: {{from: oauth2_refresh_token, token_url: \"{Server.TokenUrl}\", client_id: {{from: env, name: ID_APP}}, {Secret}, refresh_token: {{from: file, path: {_folder.Combine("refresh")}}}}}\n"
            + $"  stopped: {{from: oauth2_client_credentials, token_url: \"{OtherServer.TokenUrl}\", client_id: {{from: env, name: ID_BASIC}}, {Secret}}}\n"
            + $"  wrong: {{from: oauth2_client_credentials, token_url: \"{Server.TokenUrl}\", client_id: {{from: env, name: ID_BASIC}}, client_secret: {{from: env, name: ID_POST}}}}\n"
            + "  gcp: {from: gcp_metadata, scopes: [\"https://www.googleapis.com/auth/cloud-platform\"]}\n"
            + "domains:\n"
            + string.Concat(names.Select(name => Deployment.Entry(name, Web, $"credential: {{use: {name.Split('.')[0]}, header: Authorization, format: \"Bearer {{value}}\"}}")));
        await deployment.StartAsync(policy, new CagentOptions
        {
            Policy = policy,
            Environment = new Dictionary<string, string> { ["ID_BASIC"] = "basic", ["ID_POST"] = "post", ["ID_APP"] = "app", ["GCE_METADATA_HOST"] = $"127.0.0.1:{metadata.Port}" }.ToImmutableDictionary(),
        });
    }

    // As Google documents it: nothing without the header, and the header in the answer.
    private async Task AnswerMetadataAsync(HttpContext context)
    {
        bool isAsked = context.Request.Headers["Metadata-Flavor"] == "Google" && context.Request.Query["scopes"] == "https://www.googleapis.com/auth/cloud-platform";
        context.Response.Headers["Metadata-Flavor"] = "Google";
        context.Response.StatusCode = isAsked ? 200 : 403;
        await context.Response.WriteAsync(isAsked ? $$"""{"access_token":"ya29.token-{{Interlocked.Increment(ref _metadata)}}","expires_in":4,"token_type":"Bearer"}""" : "Missing Metadata-Flavor:Google header.");
    }
}
