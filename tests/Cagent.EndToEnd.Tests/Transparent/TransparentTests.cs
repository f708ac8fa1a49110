// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Text;
using System.Text.Json;
using Cagent.TestKit.Clients;
using Cagent.TestKit.NetworkNamespaces;
using static Cagent.EndToEnd.Tests.Transparent.TransparentDeployment;

namespace Cagent.EndToEnd.Tests.Transparent;

/// <summary>Guarantee: an agent that knows of no proxy gets what its policy allows, is refused the rest as through the proxy, and both are logged.</summary>
public sealed class TransparentTests(TransparentDeployment shared) : IClassFixture<TransparentDeployment>
{
    private NetworkNamespace Blue => shared.Network.Blue;

    [TransparentFact]
    public void Curl_WithoutProxyVariables_ReachesAllowedNamesOnly()
    {
        Assert.Equal("200", Curl($"https://{Api}/x", Evil));
        Assert.Equal("200", Curl($"https://{Api}/x", Evil6));
        Assert.Equal("200", Curl($"https://{Wild}/x", Evil, "--http1.1"));
        Assert.Equal("200", Curl($"http://{Plain}/x", Evil));
        Assert.Equal("200", Curl($"http://{Plain}/x", Evil6));
        Assert.Equal("403", Curl($"https://{Api}/denied", Evil));
        Assert.Equal("403", Curl($"http://{Plain}/denied", Evil));
        Assert.Equal("403", Curl("http://evil.example.net/x", Evil));
        InvalidOperationException refused = Assert.Throws<InvalidOperationException>(() => Curl("https://evil.example.net/x", Evil));
        Assert.Contains("failed with 35", refused.Message, StringComparison.Ordinal); // curl: the TLS handshake failed
        ShouldBeQuiet();
    }

    [TransparentFact]
    public async Task Request_Allowed_CarriesTheCredentialAndIsLogged()
    {
        RawResponse response = await shared.SendAsync(Blue, Api, path: "/logged-over-tls");
        Assert.Equal(200, response.Status);
        Assert.Equal(shared.Deployment.Secret, shared.Web.Requests.Last(request => request.Path == "/logged-over-tls").Header("authorization"));
        JsonElement record = await shared.Log.FindAsync("the request", one => AccessLogFile.Member(one, "path") == "/logged-over-tls");
        Assert.Equal(
            ("blue", $"{Api}:443", Api, $"{Api}:443", "198.41.0.20:443"),
            (AccessLogFile.Member(record, "agent"), AccessLogFile.Member(record, "connect"), AccessLogFile.Member(record, "sni"), AccessLogFile.Member(record, "entry"), AccessLogFile.Member(record, "upstream_host")));
        string tunnel = AccessLogFile.Member(record, "tunnel")!;
        JsonElement connection = await shared.Log.FindAsync("its connection", one => AccessLogFile.Member(one, "tunnel") == tunnel && AccessLogFile.Member(one, "log") == "tls");
        Assert.Equal((Api, $"{Evil}:443"), (AccessLogFile.Member(connection, "sni"), AccessLogFile.Member(connection, "destination")));
        Assert.StartsWith($"{TransparentNetwork.BlueAddress}:", AccessLogFile.Member(connection, "source"), StringComparison.Ordinal);
    }

    [TransparentFact]
    public async Task PlainRequest_IsJudgedAndLoggedAsInTheProxy()
    {
        await using RawConnection connection = await DialAsync(Blue, Evil, 80);
        await connection.SendAsync($"GET /plain HTTP/1.1\r\nhost: {Plain}\r\n\r\nGET /denied HTTP/1.1\r\nhost: {Plain}\r\n\r\nGET /x HTTP/1.1\r\nhost: unlisted.example.net\r\n\r\n");
        Assert.Equal(200, (await connection.ReadResponseAsync()).Status);
        Denial.Of(await connection.ReadResponseAsync()).ShouldBe(403, "path_not_allowed");
        Denial denial = Denial.Of(await connection.ReadResponseAsync()).ShouldBe(403, "host_not_allowed");

        JsonElement record = await shared.Log.FindAsync(denial.Id!);
        Assert.Equal(("blue", "unlisted.example.net", $"{Evil}:80"), (AccessLogFile.Member(record, "agent"), AccessLogFile.Member(record, "host"), AccessLogFile.Member(record, "destination")));
        ShouldBeQuiet();
    }

    [TransparentFact]
    public async Task UnlistedName_OverTls_IsClosedAndLogged()
    {
        const string Name = "unlisted-over-tls.example.net";
        await Assert.ThrowsAnyAsync<Exception>(() => shared.OpenAsync(Blue, Name));
        JsonElement record = await shared.Log.FindAsync("the denial", one => AccessLogFile.Member(one, "host") == $"{Name}:443");
        Assert.Equal(("blue", "host_not_allowed", "CONNECT"), (AccessLogFile.Member(record, "agent"), AccessLogFile.Member(record, "denied_reason"), AccessLogFile.Member(record, "method")));
        Assert.DoesNotContain(shared.Deployment.Internet.Dns.Queries, query => query.Name == Name);
        ShouldBeQuiet();
    }

    [TransparentFact]
    public async Task PinnedName_PassesUnopened()
    {
        await using RawConnection connection = await shared.OpenAsync(Blue, Pinned);
        await connection.SendAsync("bytes");
        Assert.Equal("bytes", Encoding.ASCII.GetString(await connection.ReadBytesAsync(5)));
        Assert.Equal("CN=Cagent Test Root", connection.RemoteCertificate!.Issuer);
        ShouldBeQuiet();
    }

    [TransparentFact]
    public async Task Agents_WithEntriesOfTheirOwn_AreToldByTheirAddress()
    {
        Assert.Equal(200, (await shared.SendAsync(Blue, Own, path: "/of-blue")).Status);
        Assert.Equal(200, (await shared.SendAsync(shared.Network.Green, Own, path: "/of-green")).Status);
        Assert.Equal(BlueSecret, shared.Web.Requests.Last(request => request.Path == "/of-blue").Header("authorization"));
        Assert.Equal(GreenSecret, shared.Web.Requests.Last(request => request.Path == "/of-green").Header("authorization"));
    }

    /// <summary>The status of one request of curl, which is told an address because there is no DNS in the agent's network.</summary>
    private string Curl(string url, IPAddress address, params string[] more)
    {
        string target = address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{address}]" : address.ToString();
        return Blue.Run("curl",
        [
            "--silent", "--show-error", "--max-time", "10", "--output", "/dev/null", "--write-out", "%{http_code}", "--noproxy", "*",
            "--cacert", Path.Combine(shared.Deployment.Cagent.StateFolder, "interception-ca.pem"), "--connect-to", $"::{target}:", .. more, url,
        ]);
    }

    private void ShouldBeQuiet() => Assert.All(shared.Canaries, canary => Assert.Equal(0, canary.ConnectionCount));
}
