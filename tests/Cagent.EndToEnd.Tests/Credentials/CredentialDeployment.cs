// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.TestKit.Files;
using Cagent.TestKit.Http;
using Cagent.TestKit.Processes;

namespace Cagent.EndToEnd.Tests.Credentials;

/// <summary>Entries with credentials from the environment and from files, over TLS and, where the policy accepts it, in clear.</summary>
public sealed class CredentialDeployment : SharedDeployment
{
    public const string Bearer = "bearer.example.com";
    public const string Key = "key.example.com";
    public const string None = "none.example.com";
    public const string FromFile = "file.example.com";
    public const string Unset = "unset.example.com";
    public const string Empty = "empty.example.com";
    public const string Socket = "socket.example.com";
    public const string Plain = "plain.example.com";
    public const string PlainSocket = "plain-socket.example.com";

    private readonly TemporaryFolder _folder = new();

    /// <summary>The file of the credential that <see cref="FromFile"/> uses; it does not exist at the start.</summary>
    public string CredentialFile => _folder.Combine("credential");

    public Upstream Web { get; private set; } = null!;

    public Upstream PlainWeb { get; private set; } = null!;

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }

    protected override async Task StartAsync(Deployment deployment)
    {
        string[] names = [Bearer, Key, None, FromFile, Unset, Empty, Socket];
        Web = await deployment.Internet.AddHttpsAsync(Bearer, certificateNames: names);
        PlainWeb = await deployment.Internet.AddHttpAsync(Plain);
        foreach (string name in names)
        {
            deployment.Internet.Dns.Set(name, Web.EndPoint.Address);
        }

        deployment.Internet.Dns.Set(PlainSocket, PlainWeb.EndPoint.Address);
        string policy = deployment.Head
            + $$"""
                  file: {from: file, path: {{CredentialFile}}}
                  unset: {from: env, name: CAGENT_TEST_UNSET}
                  empty: {from: env, name: CAGENT_TEST_EMPTY}
                domains:

                """
            + Deployment.Entry(Bearer, Web, Use("canary", "Authorization"))
            + Deployment.Entry(Key, Web, "allow: [\"* /**\"], credential: {use: canary, header: X-Api-Key}")
            + Deployment.Entry(None, Web)
            + Deployment.Entry(FromFile, Web, Use("file", "Authorization"))
            + Deployment.Entry(Unset, Web, Use("unset", "Authorization"))
            + Deployment.Entry(Empty, Web, Use("empty", "Authorization"))
            + Deployment.Entry(Socket, Web, "websocket: true, allow: [\"GET /ws\"], credential: {use: canary, header: Authorization, format: \"Bearer {value}\"}")
            + Deployment.Entry(PlainSocket, PlainWeb, "scheme: http, websocket: true, allow: [\"GET /ws\"], credential: {use: canary, header: Authorization, format: \"Bearer {value}\", insecure_credential: true}")
            + Deployment.Entry(Plain, PlainWeb, "scheme: http, allow: [\"GET /upload\"], credential: {use: canary, header: Authorization, format: \"Bearer {value}\", insecure_credential: true}");
        await deployment.StartAsync(policy, new CagentOptions { Policy = policy, Environment = new Dictionary<string, string> { ["CAGENT_TEST_EMPTY"] = "" }.ToImmutableDictionary() });
    }

    private static string Use(string credential, string header) =>
        $"allow: [\"* /upload\", \"GET /status/**\"], credential: {{use: {credential}, header: {header}, format: \"Bearer {{value}}\"}}";
}
