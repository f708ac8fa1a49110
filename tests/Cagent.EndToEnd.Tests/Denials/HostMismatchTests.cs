// SPDX-License-Identifier: Apache-2.0
using System.Security.Authentication;
using Cagent.TestKit.Clients;
using Cagent.TestKit.Processes;

namespace Cagent.EndToEnd.Tests.Denials;

/// <summary>
/// Guarantee: CONNECT target, server name and Host are one and the same allowed name. A different Host is denied for exactly
/// that request, wherever it stands on the connection; a different server name ends the tunnel before anything is dialled.
/// </summary>
public sealed class HostMismatchTests(DenialDeployment shared) : IClassFixture<DenialDeployment>
{
    private Deployment Deployment => shared.Deployment;

    private int Port => shared.Web.Port;

    [EnvoyTheory]
    [InlineData("open.example.com:{port}", "name_mismatch")]
    [InlineData("OPEN.example.com:{port}", "name_mismatch")]
    [InlineData("evil.example.com:{port}", "name_mismatch")]
    [InlineData("evil.example.com", "name_mismatch")]
    [InlineData("api.example.com", "name_mismatch")]
    [InlineData("api.example.com:1", "name_mismatch")]
    [InlineData("127.0.0.1:{port}", "name_mismatch")]
    [InlineData("[::1]:{port}", "name_mismatch")]
    [InlineData("2130706433:{port}", "name_mismatch")]
    [InlineData("localhost:{port}", "name_mismatch")]
    public async Task Host_OtherThanTheTunnels_IsDeniedFirstAndLaterOnAConnection(string host, string reason)
    {
        string authority = host.Replace("{port}", $"{Port}", StringComparison.Ordinal);
        long before = shared.Web.RequestCount;
        await using RawConnection connection = await Deployment.OpenAsync(DenialDeployment.Api, Port);

        Denial.Of(await AskAsync(connection, authority)).ShouldBe(403, reason);
        Assert.Equal(before, shared.Web.RequestCount);
        Assert.Equal(200, (await AskAsync(connection, $"{DenialDeployment.Api}:{Port}")).Status);
        Denial.Of(await AskAsync(connection, authority)).ShouldBe(403, reason);
        Assert.Equal(before + 1, shared.Web.RequestCount);

        await shared.ShouldStillWorkAndBeQuietAsync();
    }

    [EnvoyTheory]
    [InlineData("open.example.com:{port}", "name_mismatch")]
    [InlineData("evil.example.com:{port}", "name_mismatch")]
    [InlineData("127.0.0.1:{port}", "name_mismatch")]
    public async Task Authority_OtherThanTheTunnels_IsDeniedOnEachStreamOfHttp2(string host, string reason)
    {
        string authority = host.Replace("{port}", $"{Port}", StringComparison.Ordinal);
        long before = shared.Web.RequestCount;
        await using TunnelHttp2 http = await TunnelHttp2.OpenAsync(Deployment, DenialDeployment.Api, Port);

        Denial.OfBody(await http.GetAsync(authority, "/v1/first")).ShouldSay(reason);
        Assert.Contains("/v1/second", await http.GetAsync($"{DenialDeployment.Api}:{Port}", "/v1/second"), StringComparison.Ordinal);
        Denial.OfBody(await http.GetAsync(authority, "/v1/third")).ShouldSay(reason);

        Assert.Equal(before + 1, shared.Web.RequestCount);
        await shared.ShouldStillWorkAndBeQuietAsync();
    }

    [EnvoyTheory]
    [InlineData("host: api.example.com:{port}\r\nhost: evil.example.com:{port}\r\n")]
    [InlineData("host: api.example.com:{port}@evil.example.com\r\n")]
    [InlineData("host: evil.example.com#api.example.com:{port}\r\n")]
    [InlineData("host: evil.example.com/api.example.com:{port}\r\n")]
    [InlineData("host: evil.example.com\\.example.com:{port}\r\n")]
    [InlineData("host: api.example.com..:{port}\r\n")]
    [InlineData("host: \r\n")]
    [InlineData("x-none: 1\r\n")]
    public async Task Host_ThatIsNoHost_ReachesNothing(string lines)
    {
        long before = shared.Web.RequestCount;

        RawResponse response = await Deployment.SendAsync(
            DenialDeployment.Api, Port, $"GET /v1/x HTTP/1.1\r\n{lines.Replace("{port}", $"{Port}", StringComparison.Ordinal)}\r\n");

        Assert.InRange(response.Status, 400, 403);
        Assert.NotNull(Denial.Of(response).Id);
        Assert.Equal(before, shared.Web.RequestCount);
        await shared.ShouldStillWorkAndBeQuietAsync();
    }

    [EnvoyFact]
    public async Task AbsoluteForm_InATunnel_IsJudgedByItsOwnHost()
    {
        long before = shared.Web.RequestCount;

        RawResponse response = await Deployment.SendAsync(
            DenialDeployment.Api, Port, $"GET https://{DenialDeployment.Open}:{Port}/v1/x HTTP/1.1\r\nhost: {DenialDeployment.Api}:{Port}\r\n\r\n");

        Denial.Of(response).ShouldBe(403, "name_mismatch");
        Assert.Equal(before, shared.Web.RequestCount);
        await shared.ShouldStillWorkAndBeQuietAsync();
    }

    [EnvoyTheory]
    [InlineData(DenialDeployment.Open)]
    [InlineData(DenialDeployment.Evil)]
    [InlineData(DenialDeployment.Pinned)]
    [InlineData("127.0.0.1")]
    [InlineData("")]
    public async Task ServerName_OtherThanTheTunnels_EndsAnInspectedTunnelUnopened(string serverName)
    {
        long before = shared.Web.ConnectionCount;

        await ShouldNotStartTlsAsync(DenialDeployment.Api, Port, serverName);

        Assert.Equal(before, shared.Web.ConnectionCount);
        await shared.ShouldStillWorkAndBeQuietAsync();
    }

    [EnvoyTheory]
    [InlineData(DenialDeployment.Api)]
    [InlineData(DenialDeployment.Evil)]
    [InlineData("")]
    public async Task ServerName_OtherThanTheTunnels_EndsAPinnedTunnelUnopened(string serverName)
    {
        await ShouldNotStartTlsAsync(DenialDeployment.Pinned, shared.Echo.Port, serverName);

        Assert.Equal(0, shared.Echo.ConnectionCount);
        await shared.ShouldStillWorkAndBeQuietAsync();
    }

    [EnvoyFact]
    public async Task PinnedName_AtAForbiddenAddress_IsNeverDialled()
    {
        await ShouldNotStartTlsAsync(DenialDeployment.PinnedLoop, shared.Canary.Port, DenialDeployment.PinnedLoop);

        await shared.ShouldStillWorkAndBeQuietAsync();
    }

    [EnvoyTheory]
    [InlineData(DenialDeployment.Api)]
    [InlineData(DenialDeployment.Pinned)]
    public async Task PlainText_InATunnel_IsDeniedAndDialsNothing(string host)
    {
        int port = host == DenialDeployment.Api ? Port : shared.Echo.Port;
        long web = shared.Web.RequestCount;
        await using RawTunnel tunnel = await Deployment.Raw.ConnectAsync($"{host}:{port}");
        Assert.True(tunnel.IsOpen);

        await tunnel.Connection.SendAsync($"GET /v1/x HTTP/1.1\r\nhost: {host}:{port}\r\n\r\n");

        Denial.Of(await tunnel.Connection.ReadResponseAsync()).ShouldBe(400, "name_mismatch");
        Assert.Equal(web, shared.Web.RequestCount);
        Assert.Equal(0, shared.Echo.ConnectionCount);
        await shared.ShouldStillWorkAndBeQuietAsync();
    }

    private async Task ShouldNotStartTlsAsync(string host, int port, string serverName)
    {
        Exception? failure = await Record.ExceptionAsync(async () =>
        {
            await using RawConnection connection = await Deployment.OpenAsync(host, port, serverName);
        });
        // Not a time-out: the tunnel was ended.
        Assert.True(failure is IOException or AuthenticationException, $"expected a closed tunnel, got {failure?.GetType().Name ?? "TLS"}");
    }

    private static async Task<RawResponse> AskAsync(RawConnection connection, string authority)
    {
        await connection.SendAsync($"GET /v1/x HTTP/1.1\r\nhost: {authority}\r\n\r\n");
        return await connection.ReadResponseAsync();
    }
}
