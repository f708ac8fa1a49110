// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.TestKit.Clients;
using Cagent.TestKit.Http;
using Cagent.TestKit.Waiting;
using static Cagent.EndToEnd.Tests.Credentials.OAuth2.OAuth2Deployment;

namespace Cagent.EndToEnd.Tests.Credentials.OAuth2;

/// <summary>
/// Guarantee: tokens are replaced without a request noticing, none is used after its end, and while there is none requests are denied. Nothing of
/// a secret, a token or a refresh token shows.
/// </summary>
public sealed class OAuth2Tests(OAuth2Deployment shared) : IClassFixture<OAuth2Deployment>
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    // The server counts whole seconds.
    private static readonly TimeSpan Rounding = TimeSpan.FromSeconds(1);

    private Deployment Deployment => shared.Deployment;

    [ProviderTheory]
    [InlineData(Basic, "basic", "api:read")]
    [InlineData(Post, "post", "")]
    [InlineData(Refresh, "app", "openid offline_access api:read")]
    public async Task Rotation_UnderLoad_FailsNoRequestAndUsesNoTokenAfterItsEnd(string host, string client, string scope)
    {
        await AllowedAsync(host);
        shared.Web.Clear();
        await using KeepAliveLoad load = KeepAliveLoad.Start(Deployment.Proxy, new LoadOptions
        {
            Address = new Uri($"https://{host}:{shared.Web.Port}/"), Rate = 200, Connections = 8, Http = new ProxyHttpOptions { Trust = Deployment.Trust },
        });
        await load.WaitForRequestsAsync(1000, Limit);
        await Eventually.TrueAsync(() => Tokens(host).Length >= 4, Limit, "four tokens in use");

        LoadReport report = await load.StopAsync();

        Assert.True(report.Failed == 0, report.ToString());
        Assert.True(report.Succeeded >= 1000, report.ToString());
        (ImmutableArray<(string Token, DateTimeOffset Ends, string Client, string Scope)> access, _) = await shared.Server.IssuedAsync();
        foreach (RecordedRequest request in Requests(host))
        {
            (string Token, DateTimeOffset Ends, string Client, string Scope) token = Assert.Single(access, one => request.Header("authorization") == "Bearer " + one.Token);
            Assert.True(request.Time <= token.Ends, "a token was used after its end");
            Assert.Equal((client, scope), (token.Client, token.Scope));
        }
    }

    /// <summary>A refresh token that is used twice ends all of them: that the chain still works shows that each was used once.</summary>
    [ProviderTheory]
    [InlineData(Refresh)]
    public async Task Rotation_OfRefreshTokens_UsesEachOnce(string host)
    {
        int before = (await shared.Server.IssuedAsync()).Refresh.Length;
        await Eventually.TrueAsync(async () => (await shared.Server.IssuedAsync()).Refresh.Length >= before + 2, Limit, "two more refresh tokens");
        await AllowedAsync(host);
    }

    [ProviderTheory]
    [InlineData(Stopped)]
    public async Task Outage_PastTheTokensEnd_DeniesUntilTheServerIsBack(string host)
    {
        await AllowedAsync(host);
        ImmutableArray<(string Token, DateTimeOffset Ends, string Client, string Scope)> access = (await shared.OtherServer.IssuedAsync()).Access;
        await shared.OtherServer.StopAsync();
        shared.Web.Clear();

        await Eventually.TrueAsync(async () => await ReasonAsync(host) == "credential_unavailable", Limit, "a denial");
        long sent = shared.Web.RequestCount;
        Assert.Equal("credential_unavailable", await ReasonAsync(host));
        Assert.Equal(sent, shared.Web.RequestCount);
        Assert.All(Requests(host), request => Assert.True(
            request.Time <= Assert.Single(access, one => request.Header("authorization") == "Bearer " + one.Token).Ends + Rounding, "a token was used after its end"));

        await shared.OtherServer.StartAgainAsync();
        await AllowedAsync(host);
    }

    [ProviderTheory]
    [InlineData(Wrong)]
    public async Task Client_ThatTheServerRefuses_GivesNoToken(string host)
    {
        await Deployment.Cagent.WaitForLineAsync(line => line.Contains("Credential wrong is unavailable", StringComparison.Ordinal) && line.Contains("invalid_client", StringComparison.Ordinal));

        Assert.Equal("credential_unavailable", await ReasonAsync(host));
    }

    [ProviderTheory]
    [InlineData(Gcp)]
    public async Task MetadataServer_GivesTokensOneAfterTheOther(string host)
    {
        await Eventually.TrueAsync(
            async () =>
            {
                await ReasonAsync(host);
                return Tokens(host).Length >= 2;
            },
            Limit, "two tokens of the metadata server");
        Assert.All(Tokens(host), token => Assert.StartsWith("Bearer ya29.token-", token, StringComparison.Ordinal));
    }

    [ProviderTheory]
    [InlineData(Refresh)]
    public async Task Secrets_OfAllKinds_ShowNowhere(string host)
    {
        await AllowedAsync(host);
        (ImmutableArray<(string Token, DateTimeOffset Ends, string Client, string Scope)> access, ImmutableArray<string> refresh) = await shared.Server.IssuedAsync();
        IReadOnlyList<(string Where, string Text)> places = await SecretSweep.PlacesAsync(Deployment.Cagent);

        Assert.Contains(places, place => place.Where.EndsWith("refresh.token", StringComparison.Ordinal));
        foreach (string secret in access.Select(one => one.Token).Concat(refresh).Append(Deployment.Secret))
        {
            SecretForms forms = new(secret);
            Assert.All(places, place => forms.ShouldNotBeIn(place.Text, place.Where));
        }
    }

    private ImmutableArray<RecordedRequest> Requests(string host) => [.. shared.Web.Requests.Where(request => request.Host.StartsWith(host, StringComparison.Ordinal))];

    private string[] Tokens(string host) => [.. Requests(host).Select(request => request.Header("authorization") ?? "none").Distinct()];

    private Task AllowedAsync(string host) => Eventually.TrueAsync(async () => await ReasonAsync(host) is null, Limit, $"a token for {host}");

    private async Task<string?> ReasonAsync(string host)
    {
        RawResponse response = await Deployment.SendAsync(host, shared.Web.Port, $"GET / HTTP/1.1\r\nhost: {host}:{shared.Web.Port}\r\n\r\n");
        return response.Status == 200 ? null : Denial.Of(response).Reason;
    }
}
