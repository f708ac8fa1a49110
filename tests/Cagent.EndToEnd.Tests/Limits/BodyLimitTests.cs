// SPDX-License-Identifier: Apache-2.0
using Cagent.TestKit.Clients;
using Cagent.TestKit.Http;
using Cagent.TestKit.Processes;
using Cagent.TestKit.Waiting;

namespace Cagent.EndToEnd.Tests.Limits;

/// <summary>
/// Guarantee: no upstream gets a whole request whose body is larger than the entry allows, announced or not, and one that is smaller passes
/// as it comes, without being kept.
/// </summary>
public sealed class BodyLimitTests(BodyLimitDeployment shared) : IClassFixture<BodyLimitDeployment>
{
    private Deployment Deployment => shared.Deployment;

    [EnvoyTheory]
    [InlineData("https", false)]
    [InlineData("https", true)]
    [InlineData("http", false)]
    public async Task Attack_E8_AnnouncedBodyAboveTheLimit(string scheme, bool http2)
    {
        (HttpResponseMessage response, int sent) = await PostAsync(scheme, http2, BodyLimitDeployment.SmallLimit + 1, isAnnounced: true);
        using (response)
        {
            (await Denial.OfAsync(response)).ShouldBe(413, "body_too_large");
            Assert.Equal(0, sent);
        }
    }

    [EnvoyTheory]
    [InlineData("https", false)]
    [InlineData("https", true)]
    [InlineData("http", false)]
    public async Task Attack_E8_UnannouncedBodyAboveTheLimit(string scheme, bool http2)
    {
        int finished = 0;
        Upstream upstream = scheme == "http" ? shared.PlainWeb : shared.Web;
        upstream.Handle("/broken", async context =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null);
            Interlocked.Increment(ref finished);
        });
        (HttpResponseMessage response, int _) = await PostAsync(scheme, http2, BodyLimitDeployment.SmallLimit + 1, isAnnounced: false, "/broken");
        using (response)
        {
            (await Denial.OfAsync(response)).ShouldBe(413, "body_too_large");
        }

        (HttpResponseMessage after, int sent) = await PostAsync(scheme, http2, BodyLimitDeployment.SmallLimit, isAnnounced: false, "/broken");
        using (after)
        {
            Assert.Equal((200, 1), ((int)after.StatusCode, sent));
            Assert.Equal(1, finished);
        }
    }

    [EnvoyTheory]
    [InlineData("https", false, true)]
    [InlineData("https", true, true)]
    [InlineData("https", true, false)]
    [InlineData("https", false, false)]
    [InlineData("http", false, true)]
    [InlineData("http", false, false)]
    public async Task Body_UpToTheLimit_Passes(string scheme, bool http2, bool isAnnounced)
    {
        (HttpResponseMessage response, int sent) = await PostAsync(scheme, http2, BodyLimitDeployment.SmallLimit, isAnnounced);
        using (response)
        {
            Assert.Equal((200, 1), ((int)response.StatusCode, sent));
        }
    }

    /// <summary>Half of the body is at the upstream while the other half is still to be sent; and the whole is more than any buffer of the proxy.</summary>
    [EnvoyFact]
    public async Task Body_BelowTheLimit_IsNotKept()
    {
        long received = 0;
        shared.Web.Handle("/streamed", async context =>
        {
            byte[] buffer = new byte[65_536];
            for (int count; (count = await context.Request.Body.ReadAsync(buffer)) > 0;)
            {
                Interlocked.Add(ref received, count);
            }
        });
        const int Half = BodyLimitDeployment.LargeLimit / 2;
        string host = BodyLimitDeployment.Large;
        await using RawConnection connection = await Deployment.OpenAsync(host, shared.Web.Port);
        await connection.SendAsync($"POST /streamed HTTP/1.1\r\nhost: {host}:{shared.Web.Port}\r\ntransfer-encoding: chunked\r\n\r\n{Half:x}\r\n");
        await connection.SendAsync(new byte[Half]);
        await Eventually.TrueAsync(() => Interlocked.Read(ref received) == Half, "the first half is there");
        await connection.SendAsync($"\r\n{Half:x}\r\n");
        await connection.SendAsync(new byte[Half]);
        await connection.SendAsync("\r\n0\r\n\r\n");

        Assert.Equal(200, (await connection.ReadResponseAsync("POST")).Status);
        Assert.Equal(BodyLimitDeployment.LargeLimit, received);
    }

    /// <summary>What is sent after an upgrade is no body.</summary>
    [EnvoyTheory]
    [InlineData("https")]
    [InlineData("http")]
    public async Task WebSocket_IsNotCounted(string scheme)
    {
        (string host, int port) = scheme == "http" ? (BodyLimitDeployment.Plain, shared.PlainWeb.Port) : (BodyLimitDeployment.Small, shared.Web.Port);
        await using RawConnection connection = scheme == "http" ? await Deployment.Raw.DialAsync() : await Deployment.OpenAsync(host, port);
        await connection.SendAsync($"GET {(scheme == "http" ? $"http://{host}:{port}" : "")}/ws HTTP/1.1\r\nhost: {host}:{port}\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
        Assert.Equal(101, (await connection.ReadResponseAsync()).Status);
        // A text of 120 bytes, masked with zeros, several times.
        byte[] frame = [0x81, 0x80 | 120, 0, 0, 0, 0, .. Enumerable.Repeat((byte)'x', 120)];
        for (int i = 0; i < 5; i++)
        {
            await connection.SendAsync(frame);
            byte[] echo = await connection.ReadBytesAsync(122);
            Assert.Equal((byte)120, echo[1]);
        }
    }

    /// <summary>An upgrade that the upstream does not take up is no way around: nothing of what follows it is sent.</summary>
    [EnvoyTheory]
    [InlineData("GET", "transfer-encoding: chunked")]
    [InlineData("POST", "transfer-encoding: chunked")]
    [InlineData("POST", "x-none: 1")]
    [InlineData("POST", "content-length: 512")]
    public async Task Upgrade_ThatIsNotTakenUp_BringsNoBody(string method, string header)
    {
        string query = Guid.NewGuid().ToString("N");
        long received = 0;
        shared.Web.Handle("/post", async context =>
        {
            byte[] buffer = new byte[1024];
            for (int count; (count = await context.Request.Body.ReadAsync(buffer)) > 0;)
            {
                Interlocked.Add(ref received, count);
            }
        });
        await using RawConnection connection = await Deployment.OpenAsync(BodyLimitDeployment.Small, shared.Web.Port);
        await connection.SendAsync($"{method} /post?{query} HTTP/1.1\r\nhost: {BodyLimitDeployment.Small}:{shared.Web.Port}\r\nconnection: upgrade\r\nupgrade: websocket\r\n"
            + $"sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n{header}\r\n\r\n200\r\n{new string('x', 512)}\r\n0\r\n\r\n");
        RawResponse response = await connection.ReadResponseAsync(method);

        Assert.NotEqual(101, response.Status);
        Assert.Equal(0, received);
        Assert.InRange(shared.Web.Requests.Count(request => request.Query.Contains(query, StringComparison.Ordinal)), 0, 1);
    }

    /// <summary>The answer, and how many requests of the path reached the upstream whole enough to be recorded after it.</summary>
    private async Task<(HttpResponseMessage Response, int Sent)> PostAsync(string scheme, bool http2, int length, bool isAnnounced, string path = "/post")
    {
        (string host, Upstream upstream) = scheme == "http" ? (BodyLimitDeployment.Plain, shared.PlainWeb) : (BodyLimitDeployment.Small, shared.Web);
        string query = Guid.NewGuid().ToString("N");
        using ProxyHttp http = Deployment.Http(http2);
        using HttpRequestMessage request = new(HttpMethod.Post, $"{scheme}://{host}:{upstream.Port}{path}?{query}");
        request.Content = isAnnounced ? new ByteArrayContent(new byte[length]) : new StreamContent(new Unannounced(length));
        HttpResponseMessage response = await http.Client.SendAsync(request);
        return (response, upstream.Requests.Count(recorded => recorded.Query.Contains(query, StringComparison.Ordinal)));
    }

    /// <summary>A stream that does not tell its length.</summary>
    private sealed class Unannounced(int length) : MemoryStream(new byte[length])
    {
        public override bool CanSeek => false;
    }
}
