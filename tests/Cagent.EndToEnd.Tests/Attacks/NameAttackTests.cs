// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography.X509Certificates;
using Cagent.TestKit.Clients;
using Cagent.TestKit.Http;
using Cagent.TestKit.Processes;

namespace Cagent.EndToEnd.Tests.Attacks;

/// <summary>
/// Group A of the attacks: the name that is checked, the name that is dialled and the name that is served are one. A different Host is denied
/// for exactly that request, wherever it stands on the connection; a different server name ends the tunnel before anything is dialled.
/// </summary>
[TestCaseOrderer(LastTest.Name, LastTest.Assembly)]
public sealed class NameAttackTests(AttackDeployment shared) : IClassFixture<AttackDeployment>
{
    private Deployment Deployment => shared.Deployment;

    private int Port => shared.Web.Port;

    [EnvoyTheory]
    [InlineData(AttackDeployment.Api, AttackDeployment.Open)]
    [InlineData(AttackDeployment.Api, AttackDeployment.Evil)]
    [InlineData(AttackDeployment.Api, AttackDeployment.Two)]
    [InlineData(AttackDeployment.Api, AttackDeployment.Pinned)]
    [InlineData(AttackDeployment.Wild, AttackDeployment.Hidden)]
    [InlineData(AttackDeployment.Wild, "y.wild.good.test")]
    [InlineData(AttackDeployment.Pinned, AttackDeployment.Api)]
    [InlineData(AttackDeployment.Pinned, AttackDeployment.Evil)]
    public async Task Attack_A1_ConnectAuthorityDiffersFromSni(string host, string serverName)
    {
        await ShouldNotStartTlsAsync(host, new ClientHello { ServerNames = [serverName] });
        shared.WillBeRecorded($"{host}:{shared.PortOf(host)}", serverName);
    }

    [EnvoyTheory]
    [InlineData("open.good.test:{web}")]
    [InlineData("OPEN.good.test:{web}")]
    [InlineData("two.test:{web}")]
    [InlineData("evil.test:{evil}")]
    [InlineData("evil.test")]
    [InlineData("api.good.test")]
    [InlineData("api.good.test:1")]
    [InlineData("127.0.0.1:{web}")]
    [InlineData("[::1]:{web}")]
    [InlineData("2130706433:{web}")]
    [InlineData("localhost:{web}")]
    public async Task Attack_A2_HostDiffersFromTheTunnels(string host)
    {
        string authority = shared.Fill(host);
        long before = shared.Requests;
        await using RawConnection connection = await Deployment.OpenAsync(AttackDeployment.Api, Port);

        ShouldMismatch(await AskAsync(connection, authority));
        Assert.Equal(200, (await AskAsync(connection, $"{AttackDeployment.Api}:{Port}")).Status);
        ShouldMismatch(await AskAsync(connection, authority));

        Assert.Equal(before + 1, shared.Requests);
        await shared.ShouldStillWorkAndBeQuietAsync();
    }

    [EnvoyTheory]
    [InlineData("open.good.test:{web}")]
    [InlineData("evil.test:{evil}")]
    [InlineData("127.0.0.1:{web}")]
    public async Task Attack_A2_AuthorityOfHttp2DiffersFromTheTunnels(string host)
    {
        long before = shared.Requests;
        await using TunnelHttp2 http = await TunnelHttp2.OpenAsync(Deployment, AttackDeployment.Api, Port);

        ShouldMismatch(Denial.OfBody(await http.GetAsync(shared.Fill(host), "/v1/first")));
        Assert.Contains("/v1/second", await http.GetAsync($"{AttackDeployment.Api}:{Port}", "/v1/second"), StringComparison.Ordinal);
        ShouldMismatch(Denial.OfBody(await http.GetAsync(shared.Fill(host), "/v1/third")));

        Assert.Equal(before + 1, shared.Requests);
        await shared.ShouldStillWorkAndBeQuietAsync();
    }

    [EnvoyFact]
    public async Task Attack_A2_AbsoluteFormInATunnelNamesAnother()
    {
        long before = shared.Requests;

        ShouldMismatch(await Deployment.SendAsync(
            AttackDeployment.Api, Port, $"GET https://{AttackDeployment.Open}:{Port}/v1/x HTTP/1.1\r\nhost: {AttackDeployment.Api}:{Port}\r\n\r\n"));

        Assert.Equal(before, shared.Requests);
        await shared.ShouldStillWorkAndBeQuietAsync();
    }

    /// <summary>The absolute form names the host, whatever Host says: what was judged is dialled, and the upstream hears of it alone.</summary>
    [EnvoyFact]
    public async Task Attack_A2_AbsoluteFormAndHostDisagree()
    {
        string marker = Guid.NewGuid().ToString("N");

        RawResponse response = await Deployment.Raw.SendAsync(shared.Fill($"GET http://plain.good.test:{{plain}}/{marker} HTTP/1.1\r\nhost: evil.test\r\nhost: api.good.test\r\n\r\n"));
        Denial denial = Denial.Of(await Deployment.Raw.SendAsync(shared.Fill("GET http://evil.test:{evil}/ HTTP/1.1\r\nhost: plain.good.test:{plain}\r\n\r\n")));

        Assert.Equal(200, response.Status);
        Assert.Equal(shared.Fill("plain.good.test:{plain}"), Assert.Single(shared.PlainWeb.Requests, request => request.Path == "/" + marker).Host);
        shared.WillBeRecorded(denial.ShouldBe(403, "host_not_allowed"));
        await shared.ShouldStillWorkAndBeQuietAsync();
    }

    [EnvoyTheory]
    [InlineData(AttackDeployment.Api)]
    [InlineData(AttackDeployment.Pinned)]
    public async Task Attack_A3_NoServerName(string host)
    {
        await ShouldNotStartTlsAsync(host, new ClientHello());
        shared.WillBeRecorded($"{host}:{shared.PortOf(host)}", null);
    }

    [EnvoyTheory]
    [InlineData(AttackDeployment.Api, "")]
    [InlineData(AttackDeployment.Api, "127.0.0.1")]
    [InlineData(AttackDeployment.Api, "::1")]
    [InlineData(AttackDeployment.Api, "api.good.test", "evil.test")]
    [InlineData(AttackDeployment.Api, "evil.test", "api.good.test")]
    [InlineData(AttackDeployment.Pinned, "")]
    [InlineData(AttackDeployment.Pinned, "127.0.0.1")]
    [InlineData(AttackDeployment.Pinned, "pin.good.test", "evil.test")]
    [InlineData(AttackDeployment.Pinned, "evil.test", "pin.good.test")]
    public async Task Attack_A3_ServerNameIsNoSingleName(string host, params string[] names) => await ShouldNotStartTlsAsync(host, new ClientHello { ServerNames = [.. names] });

    [EnvoyTheory]
    [InlineData("API.Good.TEST")]
    [InlineData("api.good.test.")]
    [InlineData("API.GOOD.test.")]
    public async Task Attack_A6_AllowedNameSpeltOtherwise(string spelling)
    {
        string marker = Guid.NewGuid().ToString("N");
        await using RawTunnel tunnel = await Deployment.Raw.ConnectAsync($"{spelling}:{Port}");
        Assert.True(tunnel.IsOpen, spelling);
        await using RawConnection inside = await tunnel.Connection.StartTlsAsync(new TlsClientOptions { ServerName = AttackDeployment.Api, Trust = Deployment.Trust });

        await inside.SendAsync($"GET /v1/{marker} HTTP/1.1\r\nhost: {spelling}:{Port}\r\n\r\n");
        Assert.Equal(200, (await inside.ReadResponseAsync()).Status);
        await inside.SendAsync($"GET /v1/secret/{marker} HTTP/1.1\r\nhost: {spelling}:{Port}\r\n\r\n");
        shared.WillBeRecorded(Denial.Of(await inside.ReadResponseAsync()).ShouldBe(403, "path_not_allowed"));

        RecordedRequest request = Assert.Single(shared.Web.Requests, request => request.Path.Contains(marker, StringComparison.Ordinal));
        Assert.True(request.Header("authorization") == $"Bearer {Deployment.Secret}", "the name that is spelt otherwise has no credential");
    }

    /// <summary>The wildcard around it would allow it.</summary>
    [EnvoyTheory]
    [InlineData("hidden.wild.good.test")]
    [InlineData("HIDDEN.wild.good.test")]
    [InlineData("hidden.wild.good.test.")]
    [InlineData("Hidden.Wild.Good.Test.")]
    public async Task Attack_A6_DeniedNameSpeltOtherwise(string spelling)
    {
        long before = shared.Requests;
        await using RawTunnel tunnel = await Deployment.Raw.ConnectAsync($"{spelling}:{Port}");
        await using RawConnection inside = await tunnel.Connection.StartTlsAsync(new TlsClientOptions { ServerName = AttackDeployment.Hidden, Trust = Deployment.Trust });

        await inside.SendAsync($"GET / HTTP/1.1\r\nhost: {spelling}:{Port}\r\n\r\n");

        shared.WillBeRecorded(Denial.Of(await inside.ReadResponseAsync()).ShouldBe(403, "path_not_allowed"));
        Assert.Equal(before, shared.Requests);
        await shared.ShouldStillWorkAndBeQuietAsync();
    }

    [EnvoyTheory]
    [InlineData("api.good.test..:{web}")]
    [InlineData("api..good.test:{web}")]
    [InlineData(".api.good.test:{web}")]
    [InlineData("hidden.wild.good.test..:{web}")]
    public Task Attack_A6_NameWithAnEmptyLabel(string target) => ShouldNotConnectAsync(target);

    [EnvoyTheory]
    [InlineData("api.good.test")]
    [InlineData("api.good.test@evil.test:{evil}")]
    [InlineData("api.good.test:{web}@evil.test:{evil}")]
    [InlineData("evil.test:{evil}@api.good.test:{web}")]
    [InlineData("evil.test#api.good.test:{web}")]
    [InlineData("evil.test?.good.test:{web}")]
    [InlineData("evil.test\\.good.test:{web}")]
    [InlineData("evil.test%2f.good.test:{web}")]
    [InlineData("evil.test%00.good.test:{web}")]
    [InlineData("evil.test .good.test:{web}")]
    [InlineData("evil.test\t.good.test:{web}")]
    [InlineData("evil.test,api.good.test:{web}")]
    [InlineData("api.good.test:{web}/v1")]
    [InlineData("api.good.test:{web}:{web}")]
    [InlineData("api.good.test:99999")]
    [InlineData("api.good.test:-1")]
    [InlineData("api.good.test:")]
    [InlineData(":{web}")]
    [InlineData("*:{web}")]
    [InlineData("*.wild.good.test:{web}")]
    [InlineData("a_b.wild.good.test:{web}")]
    public Task Attack_A7_ConnectToNoAuthority(string target) => ShouldNotConnectAsync(target);

    [EnvoyTheory]
    [InlineData("host: api.good.test:{web}\r\nhost: evil.test:{evil}\r\n")]
    [InlineData("host: api.good.test:{web}@evil.test\r\n")]
    [InlineData("host: evil.test@api.good.test:{web}\r\n")]
    [InlineData("host: evil.test#api.good.test:{web}\r\n")]
    [InlineData("host: evil.test/api.good.test:{web}\r\n")]
    [InlineData("host: evil.test\\.good.test:{web}\r\n")]
    [InlineData("host: evil.test%2e.good.test:{web}\r\n")]
    [InlineData("host: evil.test api.good.test:{web}\r\n")]
    [InlineData("host: api.good.test..:{web}\r\n")]
    [InlineData("host: \r\n")]
    [InlineData("x-none: 1\r\n")]
    public async Task Attack_A7_HostThatIsNoAuthority(string lines)
    {
        long before = shared.Requests;

        RawResponse response = await Deployment.SendAsync(AttackDeployment.Api, Port, shared.Fill($"GET /v1/x HTTP/1.1\r\n{lines}\r\n"));

        Assert.InRange(response.Status, 400, 403);
        shared.WillBeRecorded(Denial.Of(response));
        Assert.Equal(before, shared.Requests);
        await shared.ShouldStillWorkAndBeQuietAsync();
    }

    [EnvoyTheory]
    [InlineData("plain.good.test@evil.test:{evil}")]
    [InlineData("plain.good.test:{plain}@evil.test:{evil}")]
    [InlineData("user@evil.test@plain.good.test:{plain}")]
    [InlineData("evil.test#@plain.good.test:{plain}")]
    [InlineData("evil.test?@plain.good.test:{plain}")]
    [InlineData("evil.test\\@plain.good.test:{plain}")]
    [InlineData("evil.test\\.good.test:{plain}")]
    [InlineData("evil.test%2f.good.test:{plain}")]
    [InlineData("plain.good.test:99999")]
    public async Task Attack_A7_UrlWithNoAuthority(string authority)
    {
        long before = shared.Requests;

        RawResponse response = await Deployment.Raw.SendAsync(shared.Fill($"GET http://{authority}/v1/x HTTP/1.1\r\nhost: plain.good.test\r\n\r\n"));

        Assert.InRange(response.Status, 400, 404);
        shared.WillBeRecorded(Denial.Of(response));
        Assert.Equal(before, shared.Requests);
        await shared.ShouldStillWorkAndBeQuietAsync();
    }

    /// <summary>
    /// Envoy's parser drops the user-info of an absolute URL before anything could refuse it. What stands behind it is judged, dialled and
    /// told to the upstream; the user-info goes nowhere.
    /// </summary>
    [EnvoyTheory]
    [InlineData("user-info")]
    [InlineData("evil.test")]
    [InlineData("user-info:user-password")]
    [InlineData("")]
    public async Task Attack_A7_UserInfoInAUrl(string userInfo)
    {
        string marker = Guid.NewGuid().ToString("N");

        RawResponse response = await Deployment.Raw.SendAsync(shared.Fill($"GET http://{userInfo}@plain.good.test:{{plain}}/{marker} HTTP/1.1\r\nhost: evil.test\r\n\r\n"));

        Assert.Equal(200, response.Status);
        RecordedRequest request = Assert.Single(shared.PlainWeb.Requests, request => request.Path == "/" + marker);
        Assert.Equal(shared.Fill("plain.good.test:{plain}"), request.Host);
        Assert.Equal(["Host"], request.Headers.Select(header => header.Key));
        Assert.DoesNotContain("user-", new AccessLogFile(Deployment.Cagent.StateFolder).Text, StringComparison.Ordinal);
        await shared.ShouldStillWorkAndBeQuietAsync();
    }

    [EnvoyTheory]
    [InlineData("evil.test\0.good.test:{web}")]
    [InlineData("api.good.test\0:{web}")]
    [InlineData("api.good.test\u0001:{web}")]
    [InlineData("api.good.test\u007f:{web}")]
    [InlineData("evil.test\r.good.test:{web}")]
    public Task Attack_A8_ControlByteInConnect(string target) => ShouldNotConnectAsync(target);

    [EnvoyTheory]
    [InlineData(AttackDeployment.Api, "api.good.test\0")]
    [InlineData(AttackDeployment.Api, "api.good.test\0.evil.test")]
    [InlineData(AttackDeployment.Wild, "evil.test\0.wild.good.test")]
    [InlineData(AttackDeployment.Pinned, "pin.good.test\0")]
    [InlineData(AttackDeployment.Pinned, "pin.good.test\u0001")]
    public async Task Attack_A8_ControlByteInServerName(string host, string name) => await ShouldNotStartTlsAsync(host, new ClientHello { ServerNames = [name] });

    [EnvoyTheory]
    [InlineData("evil.test\0.good.test:{web}")]
    [InlineData("api.good.test\0:{web}")]
    [InlineData("api.good.test\u0001:{web}")]
    [InlineData("api.good.test\u007f:{web}")]
    public async Task Attack_A8_ControlByteInHost(string host)
    {
        long before = shared.Requests;

        RawResponse response = await Deployment.SendAsync(AttackDeployment.Api, Port, shared.Fill($"GET /v1/x HTTP/1.1\r\nhost: {host}\r\n\r\n"));

        Assert.InRange(response.Status, 400, 403);
        Assert.Equal(before, shared.Requests);
        await shared.ShouldStillWorkAndBeQuietAsync();
    }

    [EnvoyFact]
    public async Task Attack_A8_NulInTheUpstreamsCertificate()
    {
        string host = $"{AttackDeployment.NulName}:{shared.NulWeb.Port}";
        Denial failure = Denial.Of(await Deployment.SendAsync(AttackDeployment.NulName, shared.NulWeb.Port, $"GET /x HTTP/1.1\r\nhost: {host}\r\n\r\n"));

        Assert.Equal((503, null, "upstream_failed"), (failure.Status, failure.Header, failure.Error));
        Assert.NotEqual(0, shared.NulWeb.ConnectionCount);
        Assert.Equal(0, shared.NulWeb.RequestCount);
    }

    // Latin-1 bytes on the wire: UTF-8 of a Cyrillic a, a full-width dot, a soft hyphen, an ideographic full stop; then their A-labels.
    [EnvoyTheory]
    [InlineData("\u00d0\u00b0pi.good.test:{web}")]
    [InlineData("api\u00ef\u00bc\u008egood.test:{web}")]
    [InlineData("api\u00e3\u0080\u0082good.test:{web}")]
    [InlineData("a\u00c2\u00adpi.good.test:{web}")]
    [InlineData("\u00e0pi.good.test:{web}")]
    [InlineData("xn--pi-7kc.good.test:{web}")]
    [InlineData("xn--.good.test:{web}")]
    public Task Attack_A9_HomographOfAnAllowedName(string target) => ShouldNotConnectAsync(target);

    [EnvoyTheory]
    [InlineData("\u00d0\u00b0pi.good.test")]
    [InlineData("api\u00e3\u0080\u0082good.test")]
    [InlineData("xn--pi-7kc.good.test")]
    public async Task Attack_A9_HomographAsServerName(string name) => await ShouldNotStartTlsAsync(AttackDeployment.Api, new ClientHello { ServerNames = [name] });

    [EnvoyTheory]
    [InlineData("notapi.good.test:{web}")]
    [InlineData("api-good.test:{web}")]
    [InlineData("apigood.test:{web}")]
    [InlineData("xapi.good.test:{web}")]
    [InlineData("x.api.good.test:{web}")]
    [InlineData("api.good.test.evil.test:{web}")]
    [InlineData("api.good.testevil.test:{web}")]
    [InlineData("good.test:{web}")]
    [InlineData("wild.good.test:{web}")]
    [InlineData("xwild.good.test:{web}")]
    [InlineData("x.notwild.good.test:{web}")]
    [InlineData("x.y.wild.good.test:{web}")]
    [InlineData("x.wild.good.test.evil.test:{web}")]
    [InlineData("two.test:{web}")]
    public async Task Attack_A10_NameThatOnlyLooksLikeAnAllowedOne(string target)
    {
        await using RawTunnel tunnel = await Deployment.Raw.ConnectAsync(shared.Fill(target));

        shared.WillBeRecorded(Denial.Of(tunnel.Response).ShouldBe(403, "host_not_allowed"));
        await shared.ShouldStillWorkAndBeQuietAsync();
    }

    [EnvoyFact]
    public async Task Attack_A13_ConnectionReusedForOtherNames()
    {
        const string Path = "/v1/reused";
        await using RawConnection connection = await Deployment.OpenAsync(AttackDeployment.Api, Port);
        X509SubjectAlternativeNameExtension names = Assert.Single(connection.RemoteCertificate!.Extensions.OfType<X509SubjectAlternativeNameExtension>());
        Assert.Equal([AttackDeployment.Api], names.EnumerateDnsNames());
        long before = shared.Requests;

        await using TunnelHttp2 http = await TunnelHttp2.OpenAsync(Deployment, AttackDeployment.Open, Port);
        ShouldMismatch(Denial.OfBody(await http.GetAsync($"{AttackDeployment.Api}:{Port}", Path)));
        ShouldMismatch(Denial.OfBody(await http.GetAsync($"{AttackDeployment.Two}:{Port}", Path)));
        Assert.Contains(Path, await http.GetAsync($"{AttackDeployment.Open}:{Port}", Path), StringComparison.Ordinal);

        Assert.Equal(before + 1, shared.Requests);
        Assert.Null(shared.Web.Requests[^1].Header("authorization"));
        await shared.ShouldStillWorkAndBeQuietAsync();
    }

    [EnvoyTheory]
    [InlineData("localhost:{web}")]
    [InlineData("localhost:{evil}")]
    [InlineData("host.docker.internal:{web}")]
    [InlineData("gateway.docker.internal:{web}")]
    [InlineData("metadata.google.internal:80")]
    [InlineData("cagent:{proxy}")]
    [InlineData("api:{web}")]
    [InlineData("api.good:{web}")]
    [InlineData("kubernetes.default.svc:443")]
    public async Task Attack_A15_NameOfTheNeighbourhood(string target)
    {
        string authority = shared.Fill(target);
        await using RawTunnel tunnel = await Deployment.Raw.ConnectAsync(authority);
        shared.WillBeRecorded(Denial.Of(tunnel.Response).ShouldBe(403, "host_not_allowed"));
        shared.WillBeRecorded(Denial.Of(await Deployment.Raw.SendAsync($"GET http://{authority}/ HTTP/1.1\r\nhost: {authority}\r\n\r\n")).ShouldBe(403, "host_not_allowed"));

        await shared.ShouldStillWorkAndBeQuietAsync();
    }

    [EnvoyFact]
    public Task Attacks_OfThisClass_LeaveOneRecordEachAndNoSecret() => shared.ShouldAllBeRecordedAsync();

    private async Task ShouldNotConnectAsync(string target)
    {
        // In exact bytes: what follows a blank in the target is part of the request line.
        await using RawConnection connection = await Deployment.Raw.DialAsync();
        await connection.SendAsync(shared.Fill($"CONNECT {target} HTTP/1.1\r\nhost: {target}\r\n\r\n"));
        RawResponse response = await connection.ReadResponseAsync("CONNECT");

        Assert.InRange(response.Status, 400, 404);
        shared.WillBeRecorded(Denial.Of(response));
        await shared.ShouldStillWorkAndBeQuietAsync();
    }

    // Whoever takes the hello answers it, for it is well-formed. A tunnel that is closed says nothing, or an alert, or, when the names
    // cannot be read, that it wants TLS.
    private async Task ShouldNotStartTlsAsync(string host, ClientHello hello)
    {
        long before = shared.Echo.ConnectionCount + shared.Web.ConnectionCount;
        await using RawTunnel tunnel = await Deployment.Raw.ConnectAsync($"{host}:{shared.PortOf(host)}");
        Assert.True(tunnel.IsOpen);

        await tunnel.Connection.SendAsync(hello.ToBytes());
        byte[] answer = await tunnel.Connection.ReadToCloseAsync();

        const byte alert = 21;
        const byte text = (byte)'H';
        Assert.True(answer.Length == 0 || answer[0] is alert or text, $"answered: {Convert.ToHexString(answer)}");
        if (answer.Length > 0 && answer[0] == text)
        {
            string[] parts = System.Text.Encoding.ASCII.GetString(answer).Split("\r\n\r\n");
            Assert.Contains("x-cagent-denied: name_mismatch", parts[0], StringComparison.Ordinal);
            Denial denial = Denial.OfBody(parts[1]);
            denial.ShouldSay("name_mismatch");
            shared.WillBeRecorded(denial, "name_mismatch");
        }

        Assert.Equal(before, shared.Echo.ConnectionCount + shared.Web.ConnectionCount);
        await shared.ShouldStillWorkAndBeQuietAsync();
    }

    private void ShouldMismatch(RawResponse response)
    {
        Assert.Equal(403, response.Status);
        ShouldMismatch(Denial.Of(response));
    }

    private void ShouldMismatch(Denial denial)
    {
        denial.ShouldSay("name_mismatch");
        shared.WillBeRecorded(denial, "name_mismatch");
    }

    private static async Task<RawResponse> AskAsync(RawConnection connection, string authority)
    {
        await connection.SendAsync($"GET /v1/x HTTP/1.1\r\nhost: {authority}\r\n\r\n");
        return await connection.ReadResponseAsync();
    }
}
