// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Security.Cryptography;
using Cagent.TestKit.Files;
using Cagent.TestKit.Http;
using Cagent.TestKit.Processes;
using Microsoft.AspNetCore.Http;

namespace Cagent.EndToEnd.Tests.Credentials.Aws;

/// <summary>Entries whose requests are signed: an object store, in TLS, in clear and under a second name, and a service that wants the body's hash.</summary>
public sealed class AwsDeployment : SharedDeployment
{
    public const string KeyId = "AKIDEXAMPLE";
    public const string Region = "eu-central-1";
    public const string Token = "session-token-of-the-operator";
    public const string Store = "bucket.s3.example.com";
    public const string Alias = "store.devbox.local";
    public const string Models = "bedrock.example.com";
    public const string Small = "small.example.com";
    public const string Session = "session.example.com";
    public const string FromFile = "file.example.com";
    public const string Plain = "plain.example.com";

    private readonly TemporaryFolder _folder = new();

    public string SecretFile => _folder.Combine("secret");

    public Upstream Web { get; private set; } = null!;

    public Upstream PlainWeb { get; private set; } = null!;

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }

    protected override async Task StartAsync(Deployment deployment)
    {
        string[] names = [Store, Models, Small, Session, FromFile];
        Web = await deployment.Internet.AddHttpsAsync(Store, certificateNames: names);
        PlainWeb = await deployment.Internet.AddHttpAsync(Plain);
        foreach (string name in names)
        {
            deployment.Internet.Dns.Set(name, Web.EndPoint.Address);
        }

        Web.Handle("/hash", HashAsync);
        PlainWeb.Handle("/hash", HashAsync);
        string policy = deployment.Head
            + Credential("store", "s3") + Credential("models", "bedrock") + Credential("session", "s3", ", session_token: {from: env, name: AWS_SESSION_TOKEN}")
            + Credential("file", "s3", secret: $"{{from: file, path: {SecretFile}}}")
            + "domains:\n"
            + Deployment.Entry(Store, Web, $"credential: {{use: store}}, alias: store")
            + Deployment.Entry(Models, Web, "credential: {use: models}")
            + Deployment.Entry(Small, Web, "credential: {use: models}, max_request_body: 1KiB")
            + Deployment.Entry(Session, Web, "credential: {use: session}")
            + Deployment.Entry(FromFile, Web, "credential: {use: file}")
            + Deployment.Entry(Plain, PlainWeb, "scheme: http, credential: {use: store, insecure_credential: true}");
        await deployment.StartAsync(policy, new CagentOptions
        {
            Policy = policy,
            Environment = new Dictionary<string, string> { ["AWS_ACCESS_KEY_ID"] = KeyId, ["AWS_SESSION_TOKEN"] = Token }.ToImmutableDictionary(),
        });
    }

    private static string Credential(string name, string service, string more = "", string secret = "{from: env, name: CANARY_TOKEN}") =>
        $"  {name}: {{from: aws_sigv4, region: {Region}, service: {service}, access_key_id: {{from: env, name: AWS_ACCESS_KEY_ID}}, secret_access_key: {secret}{more}}}\n";

    private static async Task HashAsync(HttpContext context) =>
        await context.Response.WriteAsync(Convert.ToHexStringLower(await SHA256.HashDataAsync(context.Request.Body, context.RequestAborted)), context.RequestAborted);
}
