// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Cagent.EndToEnd.Tests.Denials;
using Cagent.TestKit.Clients;
using Cagent.TestKit.Http;
using Cagent.TestKit.Processes;

namespace Cagent.EndToEnd.Tests.Attacks;

/// <summary>
/// Group E of the attacks: a request that two parsers could read differently is refused, not repaired. Each is sent inside an inspected tunnel and to
/// the proxy's own door, in exact bytes, with a request for a path that is denied hidden behind it.
/// </summary>
public sealed class FramingAttackTests(DenialDeployment shared) : IClassFixture<DenialDeployment>
{
    // What a parser that reads the first request's end elsewhere would find: on an entry that allows everything, so that only the framing stops it.
    private const string Smuggled = "GET /smuggled HTTP/1.1\r\nhost: {host}\r\n\r\n";

    private Deployment Deployment => shared.Deployment;

    [EnvoyTheory]
    [InlineData("content-length: 4\r\ntransfer-encoding: chunked\r\n", "0\r\n\r\n")]
    [InlineData("transfer-encoding: chunked\r\ncontent-length: 4\r\n", "0\r\n\r\n")]
    [InlineData("transfer-encoding: chunked, identity\r\n", "0\r\n\r\n")]
    [InlineData("transfer-encoding: identity, chunked\r\n", "0\r\n\r\n")]
    [InlineData("transfer-encoding: chunked, chunked\r\n", "0\r\n\r\n")]
    [InlineData("transfer-encoding: chunkedx\r\n", "0\r\n\r\n")]
    [InlineData("transfer-encoding: \vchunked\r\n", "0\r\n\r\n")]
    [InlineData("transfer-encoding: gzip, chunked\r\n", "0\r\n\r\n")]
    [InlineData("transfer-encoding: chunked\r\ntransfer-encoding: identity\r\n", "0\r\n\r\n")]
    [InlineData("transfer-encoding : chunked\r\n", "0\r\n\r\n")]
    [InlineData(" transfer-encoding: chunked\r\n", "0\r\n\r\n")]
    public Task Attack_E1_LengthAndTransferEncodingDisagree(string lines, string body) => ShouldBeRefusedAsync("POST", lines, body);

    [EnvoyTheory]
    [InlineData("content-length: 4\r\ncontent-length: 5\r\n", "abcd")]
    [InlineData("content-length: 4, 5\r\n", "abcd")]
    [InlineData("content-length: 4, 4\r\n", "abcd")]
    [InlineData("content-length: +4\r\n", "abcd")]
    [InlineData("content-length: -4\r\n", "abcd")]
    [InlineData("content-length: 0x4\r\n", "abcd")]
    [InlineData("content-length: 4 4\r\n", "abcd")]
    [InlineData("content-length: 4a\r\n", "abcd")]
    [InlineData("content-length: \r\n", "abcd")]
    [InlineData("content-length: 99999999999999999999\r\n", "abcd")]
    public Task Attack_E2_LengthIsNoSingleNumber(string lines, string body) => ShouldBeRefusedAsync("POST", lines, body);

    [EnvoyTheory]
    [InlineData("x-a: 1\0\r\n")]
    [InlineData("x-a : 1\r\n")]
    [InlineData("x-a\t: 1\r\n")]
    [InlineData("x a: 1\r\n")]
    [InlineData("x-a\r\n")]
    [InlineData(": 1\r\n")]
    public Task Attack_E3_HeaderLineIsMalformed(string lines) => ShouldBeRefusedAsync("GET", lines, "");

    [EnvoyTheory]
    [InlineData("transfer-encoding: chunked\r\n", "4;\nabcd\r\n0\r\n\r\n")]
    [InlineData("transfer-encoding: chunked\r\n", "4;a\rb\r\nabcd\r\n0\r\n\r\n")]
    [InlineData("transfer-encoding: chunked\r\n", "ffffffffffffffff4\r\nabcd\r\n0\r\n\r\n")]
    [InlineData("transfer-encoding: chunked\r\n", "10000000000000004\r\nabcd\r\n0\r\n\r\n")]
    [InlineData("transfer-encoding: chunked\r\n", "-4\r\nabcd\r\n0\r\n\r\n")]
    [InlineData("transfer-encoding: chunked\r\n", "+4\r\nabcd\r\n0\r\n\r\n")]
    [InlineData("transfer-encoding: chunked\r\n", "0x4\r\nabcd\r\n0\r\n\r\n")]
    [InlineData("transfer-encoding: chunked\r\n", "4\r\nabcdX\r\n0\r\n\r\n")]
    [InlineData("transfer-encoding: chunked\r\n", "4\r\nabcd0\r\n\r\n")]
    [InlineData("transfer-encoding: chunked\r\n", "4\nabcd\n0\n\n")]
    public Task Attack_E4_ChunkIsMalformed(string lines, string body) => ShouldNotArriveWholeAsync(lines, body);

    /// <summary>What Envoy reads leniently arrives in the one form that was judged: one header, in which nothing hides.</summary>
    [EnvoyTheory]
    [InlineData("x-a: 1\r x-b: 2\r\n")]
    [InlineData("x-a: 1\n")]
    [InlineData("x-a: 1\r\n 2\r\n")]
    [InlineData("x-a: 1\r\n\tx-b: 2\r\n")]
    public async Task Attack_E3_LenientLineEnd_ArrivesAsOneHeader(string lines)
    {
        string marker = Guid.NewGuid().ToString("N");
        RawResponse response = await Deployment.SendAsync(
            DenialDeployment.Open, shared.Web.Port, $"GET /{marker} HTTP/1.1\r\nhost: {DenialDeployment.Open}:{shared.Web.Port}\r\n{lines}\r\n");

        Assert.Equal(200, response.Status);
        RecordedRequest recorded = Assert.Single(shared.Web.Requests, request => request.Path == "/" + marker);
        Assert.Equal(["Host", "x-a"], recorded.Headers.Select(header => header.Key).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(recorded.Header("x-a")!, character => character is '\r' or '\n');
    }

    /// <summary>The same with a space behind a chunk's size; the request behind it is one of its own.</summary>
    [EnvoyFact]
    public async Task Attack_E4_SpaceBehindAChunksSize_IsNotPassedOn()
    {
        string marker = Guid.NewGuid().ToString("N");
        RawResponse response = await Deployment.SendAsync(
            DenialDeployment.Open, shared.Web.Port,
            $"POST /{marker} HTTP/1.1\r\nhost: {DenialDeployment.Open}:{shared.Web.Port}\r\ntransfer-encoding: chunked\r\n\r\n4 \r\nabcd\r\n0\r\n\r\n");

        Assert.Equal(200, response.Status);
        Assert.Equal(4, Assert.Single(shared.Web.Requests, request => request.Path == "/" + marker).BodyLength);
    }

    [EnvoyFact]
    public async Task Attack_E4_TrailersOfHttp2_AreDropped()
    {
        await using TunnelHttp2 http = await TunnelHttp2.OpenAsync(Deployment, DenialDeployment.Open, shared.Web.Port);

        string echo = await http.PostAsync(
            $"{DenialDeployment.Open}:{shared.Web.Port}", "/trailers", "body", ("authorization", "Bearer trailing"), ("host", "evil.example.com"), ("x-cagent-agent", "other"));

        RequestEcho arrived = JsonSerializer.Deserialize<RequestEcho>(echo, JsonSerializerOptions.Web)!;
        Assert.Equal(("HTTP/2", 4L), (arrived.Protocol, arrived.BodyLength));
        Assert.Empty(arrived.Trailers);
    }

    [EnvoyFact]
    public async Task Attack_E4_TrailersOfHttp1_AreDropped()
    {
        RawResponse response = await Deployment.SendAsync(
            DenialDeployment.Open, shared.Web.Port,
            $"POST /trailers HTTP/1.1\r\nhost: {DenialDeployment.Open}:{shared.Web.Port}\r\ntransfer-encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\nauthorization: Bearer trailing\r\nhost: evil.example.com\r\n\r\n");

        Assert.Equal(200, response.Status);
        RequestEcho arrived = JsonSerializer.Deserialize<RequestEcho>(response.Text, JsonSerializerOptions.Web)!;
        Assert.Empty(arrived.Trailers);
        Assert.DoesNotContain("authorization", arrived.Headers.Keys);
    }

    [EnvoyTheory]
    [InlineData("content-length: 4\r\n", "abcd")]
    [InlineData("transfer-encoding: chunked\r\n", "4\r\nabcd\r\n0\r\n\r\n")]
    public async Task Attack_E5_RequestBehindAnother_IsJudgedByItself(string lines, string body)
    {
        string host = $"{DenialDeployment.Api}:{shared.Web.Port}";
        long before = shared.Web.RequestCount;
        await using RawConnection tunnel = await Deployment.OpenAsync(DenialDeployment.Api, shared.Web.Port);

        await tunnel.SendAsync($"POST /v1/items HTTP/1.1\r\nhost: {host}\r\n{lines}\r\n{body}GET /v2/hidden HTTP/1.1\r\nhost: {host}\r\n\r\nGET /v1/third HTTP/1.1\r\nhost: {host}\r\n\r\n");

        Assert.Equal(200, (await tunnel.ReadResponseAsync("POST")).Status);
        Denial.Of(await tunnel.ReadResponseAsync()).ShouldBe(403, "path_not_allowed");
        Assert.Equal(200, (await tunnel.ReadResponseAsync()).Status);
        Assert.Equal(before + 2, shared.Web.RequestCount);
        await shared.ShouldStillWorkAndBeQuietAsync();
    }

    // Sends the request with another behind it, in a tunnel and to the door. Neither may arrive: the connection ends.
    private async Task ShouldBeRefusedAsync(string method, string lines, string body)
    {
        long before = shared.Web.RequestCount + shared.PlainWeb.RequestCount;
        await using RawConnection tunnel = await Deployment.OpenAsync(DenialDeployment.Open, shared.Web.Port);
        await tunnel.SendAsync(Text(method, "/first", $"{DenialDeployment.Open}:{shared.Web.Port}", lines, body));
        await using RawConnection door = await Deployment.Raw.DialAsync();
        await door.SendAsync(Text(method, $"http://{DenialDeployment.Plain}:{shared.PlainWeb.Port}/v1/first", $"{DenialDeployment.Plain}:{shared.PlainWeb.Port}", lines, body));

        Assert.Matches("^HTTP/1.1 (4..|501) ", Text(await tunnel.ReadToCloseAsync()));
        Assert.Matches("^HTTP/1.1 (4..|501) ", Text(await door.ReadToCloseAsync()));

        Assert.Equal(before, shared.Web.RequestCount + shared.PlainWeb.RequestCount);
        await shared.ShouldStillWorkAndBeQuietAsync();
    }

    // A body that turns out bad when its request is on its way already: the upstream gets no whole request, and nothing of what stands behind it.
    private async Task ShouldNotArriveWholeAsync(string lines, string body)
    {
        string marker = Guid.NewGuid().ToString("N");
        await using RawConnection tunnel = await Deployment.OpenAsync(DenialDeployment.Open, shared.Web.Port);
        await tunnel.SendAsync(Text("POST", "/" + marker, $"{DenialDeployment.Open}:{shared.Web.Port}", lines, body));

        Assert.DoesNotContain("HTTP/1.1 200", Text(await tunnel.ReadToCloseAsync()), StringComparison.Ordinal);
        Assert.DoesNotContain(shared.Web.Requests, request => request.Path == "/smuggled");
        await shared.ShouldStillWorkAndBeQuietAsync();
    }

    private static string Text(byte[] bytes) => System.Text.Encoding.Latin1.GetString(bytes);

    private static string Text(string method, string target, string host, string lines, string body) =>
        $"{method} {target} HTTP/1.1\r\nhost: {host}\r\n{lines}\r\n{body}{Smuggled.Replace("{host}", host, StringComparison.Ordinal)}";
}
