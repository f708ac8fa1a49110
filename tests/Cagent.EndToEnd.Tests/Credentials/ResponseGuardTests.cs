// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Text.Json;
using Cagent.TestKit.Clients;
using Cagent.TestKit.Processes;
using static Cagent.EndToEnd.Tests.Credentials.ResponseGuardDeployment;

namespace Cagent.EndToEnd.Tests.Credentials;

/// <summary>
/// Guarantee: whatever an upstream puts into headers and trailers, the credential that it was sent does not reach the agent in any common
/// spelling, and what else it put there does. The deployment's watch sees it too, in all that its agents get.
/// </summary>
public sealed class ResponseGuardTests(ResponseGuardDeployment shared) : IClassFixture<ResponseGuardDeployment>
{
    private const string Mask = "[redacted]";

    private Deployment Deployment => shared.Deployment;

    [EnvoyTheory]
    [InlineData(Bearer, false, 200)]
    [InlineData(Bearer, true, 200)]
    [InlineData(Bearer, true, 302)]
    [InlineData(Bearer, false, 401)]
    [InlineData(Bearer, true, 500)]
    [InlineData(Several, false, 200)]
    [InlineData(Several, true, 200)]
    [InlineData(Basic, false, 200)]
    [InlineData(Basic, true, 403)]
    [InlineData(Query, false, 200)]
    [InlineData(Query, true, 307)]
    [InlineData(Formatted, false, 301)]
    [InlineData(Formatted, true, 200)]
    public async Task Attack_F6_EchoInHeaders(string host, bool http2, int status)
    {
        using ProxyHttp http = Deployment.Http(http2);
        using HttpResponseMessage response = await AskAsync(http, host, status);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("body", await response.Content.ReadAsStringAsync());
        ShouldBeClean(response, host);
        if (http2)
        {
            Assert.Equal($"of {Mask}", Assert.Single(response.TrailingHeaders.GetValues("x-trailer")));
            Assert.Equal("as it was", Assert.Single(response.TrailingHeaders.GetValues("x-clean-trailer")));
        }
    }

    [EnvoyFact]
    public async Task Attack_F6_EchoInClear()
    {
        using ProxyHttp http = Deployment.Http();
        using HttpRequestMessage request = new(HttpMethod.Get, $"http://{Plain}:{shared.PlainWeb.Port}/echo");
        using HttpResponseMessage response = await http.Client.SendAsync(request);

        ShouldBeClean(response, Plain);
    }

    /// <summary>The answer to an upgrade has headers too.</summary>
    [EnvoyFact]
    public async Task Attack_F6_EchoInAnUpgrade()
    {
        await using RawConnection connection = await Deployment.OpenAsync(Bearer, shared.Web.Port);
        await connection.SendAsync($"GET /socket HTTP/1.1\r\nhost: {Bearer}:{shared.Web.Port}\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
        RawResponse response = await connection.ReadResponseAsync();

        Assert.Equal((101, Mask), (response.Status, response.Header("x-raw")));
        Assert.Equal("hello"u8.ToArray(), (await connection.ReadBytesAsync(7))[2..]);
    }

    [EnvoyFact]
    public async Task Attack_F6_EchoInALargeHeader()
    {
        using ProxyHttp http = Deployment.Http(http2: true);
        using HttpResponseMessage response = await http.Client.GetAsync($"https://{Bearer}:{shared.Web.Port}/large");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        string value = Assert.Single(response.Headers.GetValues("x-large"));
        Assert.True(value == string.Concat(Enumerable.Repeat($"{new string('y', 1000)}{Mask}", 40)), "not each of them is taken out, or more is");
    }

    /// <summary>What another entry is sent is no secret of this one: nothing is changed, and nobody searches.</summary>
    [EnvoyFact]
    public async Task Response_OfAnEntryWithoutCredential_IsAsItWas()
    {
        using ProxyHttp http = Deployment.Http();
        using HttpResponseMessage response = await http.Client.GetAsync($"https://{Open}:{shared.Web.Port}/upload?a={Mask}");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Null(await FindGuardAsync(Open, "/upload"));
    }

    [EnvoyFact]
    public async Task Records_OfGuardedResponses_SaySo()
    {
        using ProxyHttp http = Deployment.Http();
        using HttpResponseMessage echo = await AskAsync(http, Several, 418);
        using HttpResponseMessage clean = await http.Client.GetAsync($"https://{Several}:{shared.Web.Port}/status/204");

        Assert.Equal("redacted", await FindGuardAsync(Several, "/echo", 418));
        Assert.Null(await FindGuardAsync(Several, "/status/204"));
    }

    private static string? Value(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out IEnumerable<string>? values) ? string.Join(" | ", values) : null;

    private void ShouldBeClean(HttpResponseMessage response, string host)
    {
        SecretForms forms = new(Deployment.Secret);
        Assert.DoesNotContain(response.Headers.Concat(response.TrailingHeaders), header => forms.AreIn(header.Key) || header.Value.Any(forms.AreIn));
        Assert.Equal("as it was", Value(response, "x-clean"));
        Assert.Equal(Mask, Value(response, "x-raw"));
        Assert.Equal($"{Mask}, and {Mask}", Value(response, "x-several"));
        Assert.Equal($"a=1 | session={Mask}; Path=/ | b=2", Value(response, "set-cookie"));
        Assert.Equal($"https://other.example.com/echo{Sent(host, ofQuery: true)}#{Mask}", Value(response, "location"));
        Assert.Equal(Sent(host, ofQuery: false), Value(response, "x-sent"));
        Assert.All((string[])["x-upper", "x-percent", "x-percent-twice", "x-json", "x-hex"], name => Assert.Contains(Mask, Value(response, name), StringComparison.Ordinal));
        Assert.DoesNotContain(response.Headers, header => header.Key.StartsWith("x-in-the-name", StringComparison.Ordinal));
        Assert.All(response.Headers.Where(header => header.Key.StartsWith("x-base64", StringComparison.Ordinal)), header => Assert.Contains(Mask, Assert.Single(header.Value), StringComparison.Ordinal));
    }

    /// <summary>What is left of the place in which the credential was sent.</summary>
    private static string Sent(string host, bool ofQuery) => (host, ofQuery) switch
    {
        (Query or Plain, _) => $"?{Parameter}={Mask}",
        (Formatted, _) => $"?{Parameter}=key%20{Mask}%2Fend",
        (_, true) => "",
        (Bearer, _) => $"Bearer {Mask}",
        (Basic, _) => $"Basic {Mask}",
        _ => $"key={Mask};v=2",
    };

    private async Task<HttpResponseMessage> AskAsync(ProxyHttp http, string host, int status)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, $"https://{host}:{shared.Web.Port}/echo");
        request.Headers.TryAddWithoutValidation("x-status", status.ToString(System.Globalization.CultureInfo.InvariantCulture));
        return await http.Client.SendAsync(request);
    }

    private async Task<string?> FindGuardAsync(string host, string path, int? status = null)
    {
        AccessLogFile log = new(Deployment.Cagent.StateFolder);
        JsonElement record = await log.FindAsync($"{host}{path}", record =>
            AccessLogFile.Member(record, "log") == "web" && AccessLogFile.Member(record, "host") is { } name && name.StartsWith(host, StringComparison.Ordinal)
            && AccessLogFile.Member(record, "path") == path && (status is null || AccessLogFile.Member(record, "response_code") == $"{status}"));
        return AccessLogFile.Member(record, "response_guard");
    }
}
