// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Cagent.TestKit.Clients;
using Cagent.TestKit.Http;
using Cagent.TestKit.Processes;
using Cagent.TestKit.Waiting;
using static Cagent.EndToEnd.Tests.Credentials.Aws.AwsDeployment;

namespace Cagent.EndToEnd.Tests.Credentials.Aws;

/// <summary>
/// Guarantee: what reaches the upstream carries the operator's signature over exactly what arrived, and nothing of the agent's; a request that
/// cannot be signed so is denied and not sent.
/// </summary>
public sealed class AwsSigningTests(AwsDeployment shared) : IClassFixture<AwsDeployment>
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    private Deployment Deployment => shared.Deployment;

    private int Port => shared.Web.Port;

    [EnvoyTheory]
    [InlineData(Store, "GET", "/")]
    [InlineData(Store, "GET", "/a/b.txt?list-type=2&prefix=a/b&delimiter=%2F&acl")]
    [InlineData(Store, "GET", "/a%20b/c%3Ad/%E1%88%B4/e@f!g$h?x=%C3%A9&x=a&X=b&a-b=1&a=2")]
    [InlineData(Store, "GET", "/x/../a/./b")]
    [InlineData(Store, "DELETE", "/%61%7E~")]
    [InlineData(Models, "GET", "/model/a.b-v1%3A0/invoke?q=1&q=&r")]
    [InlineData(Models, "POST", "/model/a%20b/c")]
    [InlineData(Session, "GET", "/with/session")]
    public async Task Request_OfEitherHttpVersion_ArrivesWithAValidSignature(string host, string method, string target)
    {
        foreach (bool http2 in new[] { false, true })
        {
            string marker = Guid.NewGuid().ToString("N");
            using ProxyHttp http = Deployment.Http(http2);
            using HttpRequestMessage request = new(new HttpMethod(method), new Uri($"https://{host}:{Port}{target}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
            request.Content = method == "POST" ? new StringContent("{\"a\":1}") : null;
            Mark(request, marker);

            using HttpResponseMessage response = await http.Client.SendAsync(request);

            RecordedRequest recorded = Recorded(marker);
            Assert.Null(Verifier(host).FindProblem(recorded));
            Assert.DoesNotContain(recorded.Headers, header => header.Value.Any(value => value.Contains("of-the-agent", StringComparison.Ordinal)));
            Assert.Equal(host == Session ? Token : null, recorded.Header("x-amz-security-token"));
            Assert.Equal("kept", recorded.Header("x-amz-meta-note"));
        }
    }

    [EnvoyTheory]
    [InlineData(0, false)]
    [InlineData(5, false)]
    [InlineData(5, true)]
    [InlineData(100_000, true)]
    [InlineData(4 * 1024 * 1024, false)]
    public async Task Body_OfAServiceThatWantsItSigned_IsTheOneThatArrives(int length, bool isChunked)
    {
        foreach (bool http2 in new[] { false, true })
        {
            string marker = Guid.NewGuid().ToString("N");
            using ProxyHttp http = Deployment.Http(http2);
            using HttpRequestMessage request = new(HttpMethod.Post, $"https://{Models}:{Port}/hash") { Content = new ByteArrayContent([.. Enumerable.Range(0, length).Select(i => (byte)(32 + (i % 95)))]) };
            request.Headers.TransferEncodingChunked = isChunked && !http2 ? true : null;
            Mark(request, marker);

            using HttpResponseMessage response = await http.Client.SendAsync(request);

            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            RecordedRequest recorded = Recorded(marker);
            Assert.Null(Verifier(Models).FindProblem(recorded));
            Assert.Equal(await response.Content.ReadAsStringAsync(), recorded.Header("x-amz-content-sha256"));
        }
    }

    [EnvoyTheory]
    [InlineData(Models, (4 * 1024 * 1024) + 1)]
    [InlineData(Small, 1025)]
    public async Task Body_LargerThanCanBeSigned_IsDeniedAndNotSent(string host, int length)
    {
        long before = shared.Web.RequestCount;
        using ProxyHttp http = Deployment.Http();
        using HttpRequestMessage request = new(HttpMethod.Post, $"https://{host}:{Port}/hash") { Content = new ByteArrayContent(new byte[length]) };
        request.Headers.TransferEncodingChunked = true;

        using HttpResponseMessage response = await http.Client.SendAsync(request);

        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "body_too_large"), (response.StatusCode, response.Headers.GetValues("x-cagent-denied").Single()));
        Assert.Equal(before, shared.Web.RequestCount);
    }

    /// <summary>The signature covers no body, so it is not held back and may be of any length.</summary>
    [EnvoyFact]
    public async Task Body_ToAnObjectStore_StreamsUnsigned()
    {
        string marker = Guid.NewGuid().ToString("N");
        using ProxyHttp http = Deployment.Http();
        using HttpRequestMessage request = new(HttpMethod.Put, $"https://{Store}:{Port}/hash") { Content = new ByteArrayContent(new byte[6 * 1024 * 1024]) };
        Mark(request, marker);

        using HttpResponseMessage response = await http.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Null(Verifier(Store).FindProblem(Recorded(marker)));
        Assert.Equal("UNSIGNED-PAYLOAD", Recorded(marker).Header("x-amz-content-sha256"));
    }

    [EnvoyFact]
    public async Task Body_InClear_IsSignedAlsoForAnObjectStore()
    {
        using ProxyHttp http = Deployment.Http();
        using HttpResponseMessage response = await http.Client.PutAsync($"http://{Plain}:{shared.PlainWeb.Port}/hash", new StringContent("of clear text"));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        RecordedRequest recorded = shared.PlainWeb.Requests[^1];
        Assert.Null(Verifier(Plain).FindProblem(recorded));
        Assert.Equal(await response.Content.ReadAsStringAsync(), recorded.Header("x-amz-content-sha256"));
    }

    [EnvoyFact]
    public async Task Request_UnderTheSecondName_IsSignedForTheTrueOne()
    {
        string marker = Guid.NewGuid().ToString("N");
        using ProxyHttp http = Deployment.Http();
        using HttpRequestMessage request = new(HttpMethod.Get, $"https://{Alias}:{Port}/a");
        Mark(request, marker);

        using HttpResponseMessage response = await http.Client.SendAsync(request);

        Assert.Null(Verifier(Store).FindProblem(Recorded(marker)));
        Assert.Equal($"{Store}:{Port}", Recorded(marker).Host);
    }

    [EnvoyFact]
    public async Task Attack_D9_TheAgentsOwnSignatureInTheQuery()
    {
        string marker = Guid.NewGuid().ToString("N");

        RawResponse response = await Deployment.SendAsync(
            Store, Port,
            $"GET /a?X-Amz-Algorithm=AWS4-HMAC-SHA256&x-amz-credential=of-the-agent&X%2DAmz%2DSignature=of-the-agent&keep=1&X-Amz-Security-Token=of-the-agent&AWSAccessKeyId=of-the-agent HTTP/1.1\r\nhost: {Store}:{Port}\r\nx-marker: {marker}\r\n\r\n");

        Assert.Equal(200, response.Status);
        RecordedRequest recorded = Recorded(marker);
        Assert.Equal("?keep=1", recorded.Query);
        Assert.Null(Verifier(Store).FindProblem(recorded));
    }

    /// <summary>Host, region, service and day are the policy's and the clock's; what else is signed is what the entry allows.</summary>
    [EnvoyFact]
    public async Task Attack_F13_SignatureOverWhatTheAgentChooses()
    {
        long before = shared.Web.RequestCount;
        Denial.Of(await Deployment.SendAsync(Store, Port, $"GET / HTTP/1.1\r\nhost: {Models}:{Port}\r\n\r\n")).ShouldBe(403, "name_mismatch");
        Assert.Equal(before, shared.Web.RequestCount);
        string marker = Guid.NewGuid().ToString("N");

        await Deployment.SendAsync(
            Store, Port,
            $"GET / HTTP/1.1\r\nhost: {Store}:{Port}\r\nx-marker: {marker}\r\nx-amz-date: 20300101T000000Z\r\nauthorization: AWS4-HMAC-SHA256 Credential={KeyId}/20300101/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=0\r\n\r\n");

        Assert.Null(Verifier(Store).FindProblem(Recorded(marker)));
    }

    [EnvoyTheory]
    [InlineData(Store, "/a%2Fb", "")]
    [InlineData(Store, "/a+b", "")]
    [InlineData(Store, "/a?b=c+d", "")]
    [InlineData(Store, "/a", "x-amz-content-sha256: STREAMING-AWS4-HMAC-SHA256-PAYLOAD\r\n")]
    [InlineData(Models, "/a", "x-amz-content-sha256: STREAMING-AWS4-HMAC-SHA256-EVENTS\r\n")]
    public async Task Request_ThatCannotBeSigned_IsDeniedAndNotSent(string host, string path, string lines)
    {
        long before = shared.Web.RequestCount;

        Denial.Of(await Deployment.SendAsync(host, Port, $"GET {path} HTTP/1.1\r\nhost: {host}:{Port}\r\n{lines}\r\n")).ShouldBe(403, "not_signable");

        Assert.Equal(before, shared.Web.RequestCount);
    }

    [EnvoyFact]
    public async Task Keys_InFiles_AreFollowed()
    {
        using ProxyHttp http = Deployment.Http();
        await File.WriteAllTextAsync(shared.SecretFile, "first-secret-access-key");
        await Eventually.TrueAsync(() => SignedBy("first-secret-access-key"), Limit, "a signature by the first key");
        await File.WriteAllTextAsync(shared.SecretFile, "second-secret-access-key");
        await Eventually.TrueAsync(() => SignedBy("second-secret-access-key"), Limit, "a signature by the second key");
        File.Delete(shared.SecretFile);
        await Eventually.TrueAsync(async () => Denial.Of(await Deployment.SendAsync(FromFile, Port, $"GET / HTTP/1.1\r\nhost: {FromFile}:{Port}\r\n\r\n")).Reason == "credential_unavailable", Limit, "no key");

        async Task<bool> SignedBy(string secret)
        {
            string marker = Guid.NewGuid().ToString("N");
            using HttpRequestMessage request = new(HttpMethod.Get, $"https://{FromFile}:{Port}/");
            Mark(request, marker);
            using HttpResponseMessage response = await http.Client.SendAsync(request);
            return response.IsSuccessStatusCode && new AwsVerifier(KeyId, secret, Region, "s3").FindProblem(Recorded(marker)) is null;
        }
    }

    private static void Mark(HttpRequestMessage request, string marker)
    {
        request.Headers.TryAddWithoutValidation("x-marker", marker);
        request.Headers.TryAddWithoutValidation("authorization", "AWS4-HMAC-SHA256 Credential=of-the-agent");
        request.Headers.TryAddWithoutValidation("x-amz-date", "of-the-agent");
        request.Headers.TryAddWithoutValidation("x-amz-security-token", "of-the-agent");
        request.Headers.TryAddWithoutValidation("x-amz-s3session-token", "of-the-agent");
        request.Headers.TryAddWithoutValidation("x-amz-meta-note", "kept");
        request.Headers.TryAddWithoutValidation("x-amz-target", " Two   blanks ");
    }

    private AwsVerifier Verifier(string host) => new(KeyId, Deployment.Secret, Region, host is Models or Small ? "bedrock" : "s3");

    private RecordedRequest Recorded(string marker) => Assert.Single(shared.Web.Requests, one => one.Header("x-marker") == marker);
}
