// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Cagent.EndToEnd.Tests.Denials;
using Cagent.TestKit.Clients;
using Cagent.TestKit.Processes;

namespace Cagent.EndToEnd.Tests.AccessLogs;

/// <summary>
/// Guarantee: every request, allowed or denied, leaves one structured record with who, what, why and how much, under the id
/// that the agent was told; a query string, which may hold a secret, leaves none.
/// </summary>
public sealed class AccessLogTests(DenialDeployment shared) : IClassFixture<DenialDeployment>
{
    private const string Query = "?token=query-secret-value";

    private Deployment Deployment => shared.Deployment;

    private AccessLogFile Log => new(Deployment.Cagent.StateFolder);

    private string Api => $"{DenialDeployment.Api}:{shared.Web.Port}";

    [EnvoyFact]
    public async Task AllowedRequest_LeavesARecordWithItsRule()
    {
        string path = "/v1/" + Guid.NewGuid().ToString("N");
        RawResponse response = await Deployment.SendAsync(DenialDeployment.Api, shared.Web.Port, $"GET {path}{Query} HTTP/1.1\r\nhost: {Api}\r\n\r\n");
        Assert.Equal(200, response.Status);

        JsonElement record = await Log.FindAsync(path, record => AccessLogFile.Member(record, "path") == path);

        Assert.Equal(
            ("web", Api, "GET /v1/**", "GET", Api, "200", null),
            (Text(record, "log"), Text(record, "entry"), Text(record, "rule"), Text(record, "method"), Text(record, "host"), Text(record, "response_code"), Text(record, "denied_reason")));
        Assert.Equal($"{response.Body.Length}", Text(record, "bytes_sent"));
        Assert.All((string[])["agent", "request_id", "tunnel", "connect", "sni", "timestamp", "duration_ms", "upstream_host"], name => Assert.False(string.IsNullOrEmpty(Text(record, name)), name));
        Assert.DoesNotContain("query-secret-value", Log.Text, StringComparison.Ordinal);
    }

    [EnvoyFact]
    public async Task DeniedRequest_LeavesARecordUnderTheIdOfItsDenial()
    {
        Denial denial = Denial.Of(await Deployment.SendAsync(DenialDeployment.Api, shared.Web.Port, $"DELETE /v1/x{Query} HTTP/1.1\r\nhost: {Api}\r\n\r\n"));

        JsonElement record = await Log.FindAsync(denial.ShouldBe(403, "method_not_allowed").Id!);

        Assert.Equal(
            ("web", Api, null, "DELETE", "/v1/x", "403", "method_not_allowed"),
            (Text(record, "log"), Text(record, "entry"), Text(record, "rule"), Text(record, "method"), Text(record, "path"), Text(record, "response_code"), Text(record, "denied_reason")));
        Assert.False(string.IsNullOrEmpty(Text(record, "agent")), "no agent");
        Assert.Null(Text(record, "upstream_host"));
        Assert.DoesNotContain("query-secret-value", Log.Text, StringComparison.Ordinal);
    }

    [EnvoyTheory]
    [InlineData("CONNECT evil.example.com:443 HTTP/1.1\r\nhost: evil.example.com:443\r\n\r\n", "fwd", "host_not_allowed")]
    [InlineData("GET http://evil.example.com/?token=query-secret-value HTTP/1.1\r\nhost: evil.example.com\r\n\r\n", "fwd", "host_not_allowed")]
    [InlineData("FOO / HTTP/1.1\r\nhost: evil.example.com\r\n\r\n", "fwd", null)]
    public async Task RefusalAtTheDoor_LeavesARecordUnderItsId(string request, string log, string? reason)
    {
        Denial denial = Denial.Of(await Deployment.Raw.SendAsync(request));

        JsonElement record = await Log.FindAsync(denial.Id!);

        Assert.Equal((log, reason, $"{denial.Status}"), (Text(record, "log"), Text(record, "denied_reason"), Text(record, "response_code")));
        Assert.DoesNotContain("query-secret-value", Log.Text, StringComparison.Ordinal);
    }

    [EnvoyTheory]
    [InlineData("GET /v1/x HTTP/1.1\r\nhost: open.example.com:{web}\r\n\r\n", "name_mismatch")]
    [InlineData("GET /v1/x HTTP/1.1\r\nhost: evil.example.com\r\n\r\n", "name_mismatch")]
    [InlineData("TRACE /v1/x HTTP/1.1\r\nhost: api.example.com:{web}\r\n\r\n", "method_not_allowed")]
    [InlineData("GET /v1/x HTTP/1.1\r\nhost: api.example.com:{web}\r\nconnection: upgrade\r\nupgrade: foo\r\n\r\n", "method_not_allowed")]
    [InlineData("GET /a b HTTP/1.1\r\nhost: api.example.com:{web}\r\n\r\n", null)]
    public async Task RefusalByEnvoyItself_LeavesARecordUnderItsId(string request, string? reason)
    {
        Denial denial = Denial.Of(await Deployment.SendAsync(DenialDeployment.Api, shared.Web.Port, request.Replace("{web}", $"{shared.Web.Port}", StringComparison.Ordinal)));

        JsonElement record = await Log.FindAsync(denial.Id!);

        Assert.Equal(("web", reason, $"{denial.Status}"), (Text(record, "log"), Text(record, "denied_reason"), Text(record, "response_code")));
    }

    [EnvoyFact]
    public async Task PlainTextInATunnel_LeavesARecordUnderItsId()
    {
        await using RawTunnel tunnel = await Deployment.Raw.ConnectAsync(Api);
        await tunnel.Connection.SendAsync($"GET /v1/x HTTP/1.1\r\nhost: {Api}\r\n\r\n");
        Denial denial = Denial.Of(await tunnel.Connection.ReadResponseAsync());

        JsonElement record = await Log.FindAsync(denial.Id!);

        Assert.Equal(("gate", "name_mismatch"), (Text(record, "log"), Text(record, "denied_reason")));
    }

    [EnvoyFact]
    public async Task OtherServerName_LeavesARecordWithBothNames()
    {
        await Record.ExceptionAsync(async () =>
        {
            await using RawConnection connection = await Deployment.OpenAsync(DenialDeployment.Api, shared.Web.Port, "mismatch.example.com");
        });

        JsonElement record = await Log.FindAsync("the mismatch", record => Text(record, "sni") == "mismatch.example.com");

        Assert.Equal(("gate", Api, "name_mismatch"), (Text(record, "log"), Text(record, "connect"), Text(record, "denied_reason")));
    }

    private static string? Text(JsonElement record, string name) => AccessLogFile.Member(record, name);
}
