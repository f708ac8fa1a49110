// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Cagent.ControlPlane.Credentials;
using Cagent.Secrets.Credentials.Fetching;
using Cagent.Secrets.Credentials.Gcp;
using Cagent.Secrets.Credentials.Http;
using Cagent.TestKit.Http;
using Cagent.TestKit.Time;
using Microsoft.AspNetCore.Http;

namespace Cagent.Secrets.Tests.Credentials.Gcp;

/// <summary>Against an endpoint that behaves as Google documents it: it wants <c>Metadata-Flavor: Google</c>, and answers with it.</summary>
public sealed class GcpMetadataFetcherTests : IAsyncLifetime, IDisposable
{
    private const string Account = "/computeMetadata/v1/instance/service-accounts/default";
    private readonly ManualTime _time = new();
    private readonly SourceHttp _http;
    private Upstream _server = null!;

    public GcpMetadataFetcherTests() => _http = new SourceHttp(_time);

    public async Task InitializeAsync()
    {
        _server = await Upstream.StartAsync(new UpstreamOptions());
        Environment.SetEnvironmentVariable("GCE_METADATA_HOST", $"127.0.0.1:{_server.Port}"); // this class alone reads it
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task Fetch_AccessToken_AsksForTheScopesAndBelievesTheLifetime()
    {
        Serve(Account + "/token", 200, """{"access_token":"ya29.x","expires_in":3599,"token_type":"Bearer"}""");

        FetchOutcome.Fetched fetched = Assert.IsType<FetchOutcome.Fetched>(await FetchAsync(scopes: ["https://a/b", "c"]));

        Assert.Equal(("ya29.x", _time.GetUtcNow().AddSeconds(3589)), (fetched.Value.Reveal(), fetched.ExpiresAt));
        Assert.Equal("?scopes=https%3A%2F%2Fa%2Fb%2Cc", Assert.Single(_server.Requests).Query);
    }

    [Fact]
    public async Task Fetch_IdentityToken_EndsWhenItSays()
    {
        long end = _time.GetUtcNow().AddSeconds(600).ToUnixTimeSeconds();
        Serve(Account + "/identity", 200, Token($$"""{"exp":{{end}}}"""));

        FetchOutcome.Fetched fetched = Assert.IsType<FetchOutcome.Fetched>(await FetchAsync(audience: "https://service/x?y"));

        Assert.Equal(_time.GetUtcNow().AddSeconds(590), fetched.ExpiresAt);
        Assert.Equal("?audience=https%3A%2F%2Fservice%2Fx%3Fy&format=full", Assert.Single(_server.Requests).Query);
    }

    [Theory]
    [InlineData(404, "5f0a", "Missing")]
    [InlineData(403, "5f0a", "Refused")]
    [InlineData(503, "5f0a", "Unavailable")]
    [InlineData(302, "", "Invalid")]
    [InlineData(200, "5f0a", "Invalid")]
    [InlineData(200, """{"access_token":"5f0a","token_type":"Bearer"}""", "Invalid")]
    public async Task Fetch_AnswerThatIsNoToken_IsAFailureWithoutAnyOfIt(int status, string body, string failure)
    {
        Serve(Account + "/token", status, body);

        FetchOutcome.Failed failed = Assert.IsType<FetchOutcome.Failed>(await FetchAsync());

        Assert.Equal(failure, failed.Failure.ToString());
        Assert.DoesNotContain("5f0a", failed.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5f0a")]
    [InlineData("a.b.c")]
    [InlineData("a.e30.c")]
    [InlineData("a.WzFd.c")]
    [InlineData("a.eyJleHAiOiIxIn0.c")]
    public async Task Fetch_WhatIsNoIdentityToken_IsRefused(string body)
    {
        Serve(Account + "/identity", 200, body);

        Assert.Equal(FetchFailure.Invalid, Assert.IsType<FetchOutcome.Failed>(await FetchAsync(audience: "a")).Failure);
    }

    /// <summary>Whatever else stands at that address speaks without the header, and its answer is no token.</summary>
    [Fact]
    public async Task Fetch_AnswerWithoutTheFlavor_IsRefused()
    {
        _server.Handle(Account + "/token", context => context.Response.WriteAsync("""{"access_token":"x","expires_in":3599,"token_type":"Bearer"}"""));

        Assert.Equal(FetchFailure.Invalid, Assert.IsType<FetchOutcome.Failed>(await FetchAsync()).Failure);
    }

    private void Serve(string path, int status, string body) => _server.Handle(path, async context =>
    {
        bool isAsked = context.Request.Headers["Metadata-Flavor"] == "Google";
        context.Response.Headers["Metadata-Flavor"] = "Google";
        context.Response.StatusCode = isAsked ? status : 403;
        await context.Response.WriteAsync(isAsked ? body : "Missing Metadata-Flavor:Google header.");
    });

    private Task<FetchOutcome> FetchAsync(string[]? scopes = null, string? audience = null) =>
        new GcpMetadataFetcher(_http, _time).FetchAsync(new GcpMetadataCredentialDefinition("k", "default", new TextList([.. scopes ?? []]), audience), default);

    private static string Token(string claims) => $"e30.{Convert.ToBase64String(Encoding.UTF8.GetBytes(claims)).TrimEnd('=').Replace('+', '-').Replace('/', '_')}.c2ln";
}
