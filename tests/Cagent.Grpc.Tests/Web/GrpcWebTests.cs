// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Cagent.Grpc.Server;
using Cagent.Grpc.Tests.Hosting;
using Cagent.Grpc.Tests.Protos;
using Cagent.Grpc.Tests.Tls;
using Cagent.Grpc.Tls;
using Cagent.Grpc.Web;
using Cagent.TestKit.Certificates;
using Cagent.TestKit.Files;
using Cagent.TestKit.Logging;
using Google.Protobuf;
using Grpc.Core;

namespace Cagent.Grpc.Tests.Web;

public class GrpcWebTests
{
    public static TheoryData<int, bool> Transports => new() { { 1, false }, { 1, true }, { 2, false }, { 2, true } };

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task Unary_AnyTransport_AnswersWithMessageAndTrailersFrame(int version, bool isText)
    {
        await using WebHost host = await WebHost.StartAsync();
        host.Host.Service.OnUnary = async (request, context) =>
        {
            await context.WriteResponseHeadersAsync(new Metadata { { "x-head", context.RequestHeaders.GetValue("x-ask")! } });
            context.ResponseTrailers.Add("x-trail", "t");
            context.ResponseTrailers.Add("x-trail-bin", [0, 1, 2]);
            return new EchoResponse { Text = request.Text };
        };

        WebReply reply = await host.CallAsync("Unary", new EchoRequest { Text = "hallo" }, version, isText, ("x-ask", "a"), ("x-grpc-web", "1"));

        Assert.Equal("hallo", Assert.Single(reply.Messages).Text);
        Assert.True(reply.HasTrailersFrame);
        Assert.Equal("0", reply.Trailers["grpc-status"]);
        Assert.Equal("t", reply.Trailers["x-trail"]);
        Assert.Equal("AAEC", reply.Trailers["x-trail-bin"]);
        Assert.Equal(isText ? "application/grpc-web-text+proto" : "application/grpc-web+proto", reply.ContentType);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task ServerStream_AnyTransport_SendsEachMessageWhenItIsWritten(int version, bool isText)
    {
        await using WebHost host = await WebHost.StartAsync();
        SemaphoreSlim next = new(0);
        host.Host.Service.OnServerStream = async (request, responses, context) =>
        {
            for (int i = 0; i < request.Count; i++)
            {
                await next.WaitAsync(context.CancellationToken);
                await responses.WriteAsync(new EchoResponse { Count = i + 1 });
            }
        };
        next.Release();
        using HttpResponseMessage response = await host.PostAsync("ServerStream", WebHost.Body(new EchoRequest { Count = 3 }, isText), version, isText);
        using Stream body = await response.Content.ReadAsStreamAsync();
        byte[] first = new byte[isText ? 12 : 7];
        await body.ReadExactlyAsync(first).AsTask().WaitAsync(TestHost.Patience);
        Assert.Equal(1, (isText ? WebHost.DecodePieces(Encoding.ASCII.GetString(first)) : first)[6]);

        next.Release(2);
        using MemoryStream rest = new();
        await body.CopyToAsync(rest).WaitAsync(TestHost.Patience);

        WebReply reply = WebReply.Read(response, isText ? WebHost.DecodePieces(Encoding.ASCII.GetString(rest.ToArray())) : rest.ToArray());
        Assert.Equal([2, 3], reply.Messages.Select(message => message.Count));
        Assert.Equal("0", reply.Trailers["grpc-status"]);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task Unary_LargeBothWays_Survives(int version, bool isText)
    {
        await using WebHost host = await WebHost.StartAsync();
        byte[] payload = new byte[1_000_001];
        new Random(7).NextBytes(payload);

        WebReply reply = await host.CallAsync("Unary", new EchoRequest { Payload = ByteString.CopyFrom(payload) }, version, isText);

        Assert.Equal(payload, Assert.Single(reply.Messages).Payload.ToByteArray());
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task Failure_BeforeAndAfterAMessage_HasItsStatusWhereAPageFindsIt(int version, bool isText)
    {
        await using WebHost host = await WebHost.StartAsync();
        host.Host.Service.OnServerStream = async (request, responses, _) =>
        {
            if (request.Count > 0)
            {
                await responses.WriteAsync(new EchoResponse());
            }

            throw new RpcException(new Status(StatusCode.FailedPrecondition, "schön\r\nx: y"));
        };

        WebReply early = await host.CallAsync("ServerStream", new EchoRequest(), version, isText);
        WebReply late = await host.CallAsync("ServerStream", new EchoRequest { Count = 1 }, version, isText);

        Assert.False(early.HasTrailersFrame);
        Assert.True(late.HasTrailersFrame);
        foreach (WebReply reply in new[] { early, late })
        {
            Assert.Equal("9", reply.Trailers["grpc-status"]);
            Assert.Equal("sch%C3%B6n%0D%0Ax: y", reply.Trailers["grpc-message"]);
        }
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task Deadline_InTheMiddleOfAStream_EndsItWithATrailersFrame(int version, bool isText)
    {
        await using WebHost host = await WebHost.StartAsync();
        host.Host.Service.OnServerStream = async (_, responses, context) =>
        {
            await responses.WriteAsync(new EchoResponse());
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.CancellationToken);
        };

        WebReply reply = await host.CallAsync("ServerStream", new EchoRequest(), version, isText, ("grpc-timeout", "300m"));

        Assert.Single(reply.Messages);
        Assert.Equal("4", reply.Trailers["grpc-status"]);
    }

    [Theory]
    [InlineData("ClientStream")]
    [InlineData("Bidi")]
    [InlineData("Unknown")]
    public async Task Call_OfAMethodThatWebCannotHave_IsUnimplemented(string method)
    {
        await using WebHost host = await WebHost.StartAsync();

        WebReply reply = await host.CallAsync(method, new EchoRequest(), 1, isText: false);

        Assert.Equal("12", reply.Trailers["grpc-status"]);
        Assert.Equal("application/grpc-web+proto", reply.ContentType);
    }

    [Theory]
    [InlineData("####")]
    [InlineData("AAAAA")]
    [InlineData("AA=A")]
    [InlineData("AAAA AAAA")]
    public async Task TextBody_NotBase64_IsInternal(string body)
    {
        await using WebHost host = await WebHost.StartAsync();

        using HttpResponseMessage response = await host.PostAsync("Unary", Encoding.ASCII.GetBytes(body), 1, isText: true);

        Assert.Equal("headers:13", RawClient.Status(response));
    }

    [Fact]
    public async Task TextBody_InPaddedPieces_IsOneMessage()
    {
        await using WebHost host = await WebHost.StartAsync();
        byte[] frame = WebHost.Body(new EchoRequest { Text = "pieces" }, isText: false);
        string body = Convert.ToBase64String(frame, 0, 1) + Convert.ToBase64String(frame, 1, 4) + Convert.ToBase64String(frame, 5, frame.Length - 5);

        using HttpResponseMessage response = await host.PostAsync("Unary", Encoding.ASCII.GetBytes(body), 1, isText: true);

        WebReply reply = WebReply.Read(response, WebHost.DecodePieces(await response.Content.ReadAsStringAsync()));
        Assert.Equal("pieces", Assert.Single(reply.Messages).Text);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Body_LargerThanTheLimit_IsResourceExhausted(bool isText)
    {
        await using WebHost host = await WebHost.StartAsync(options => options.MaxReceiveMessageSize = 1000);

        using HttpResponseMessage response = await host.PostAsync(
            "Unary", WebHost.Body(new EchoRequest { Payload = ByteString.CopyFrom(new byte[2000]) }, isText), 1, isText);

        Assert.Equal("headers:8", RawClient.Status(response));
    }

    [Fact]
    public async Task ClientThatGoesAway_OverHttp1_CancelsTheHandler()
    {
        await using WebHost host = await WebHost.StartAsync();
        TaskCompletionSource cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Host.Service.OnServerStream = async (_, responses, context) =>
        {
            await responses.WriteAsync(new EchoResponse());
            using (context.CancellationToken.Register(cancelled.SetResult))
            {
                await cancelled.Task;
            }
        };

        HttpResponseMessage response = await host.PostAsync("ServerStream", WebHost.Body(new EchoRequest(), isText: false), 1, isText: false);
        response.Dispose();

        await cancelled.Task.WaitAsync(TestHost.Patience);
    }

    [Fact]
    public async Task GrpcProper_OnAWebEndpoint_NeedsHttp2()
    {
        await using WebHost host = await WebHost.StartAsync();
        byte[] body = WebHost.Body(new EchoRequest { Text = "x" }, isText: false);

        using HttpResponseMessage over1 = await host.SendAsync(HttpMethod.Post, "Unary", 1, new ByteArrayContent(body), "application/grpc");
        using HttpResponseMessage over2 = await host.SendAsync(HttpMethod.Post, "Unary", 2, new ByteArrayContent(body), "application/grpc");

        Assert.Equal(HttpStatusCode.UpgradeRequired, over1.StatusCode);
        await over2.Content.LoadIntoBufferAsync();
        Assert.Equal("trailers:0", RawClient.Status(over2));
    }

    [Fact]
    public async Task GrpcWeb_OnAnEndpointWithoutIt_IsRefused()
    {
        await using TestHost host = await TestHost.StartAsync();
        using RawClient raw = new(host.Address);

        using HttpResponseMessage response = await raw.SendAsync(HttpMethod.Post, RawClient.UnaryPath, WebHost.Body(new EchoRequest(), isText: false), "application/grpc-web");

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task TlsEndpoint_WithWeb_NegotiatesEitherVersion(int version)
    {
        using TestCa ca = new();
        using TemporaryFolder folder = new();
        using X509Certificate2 certificate = ca.Issue("127.0.0.1");
        using CertificateStore store = CertificateStore.Open(
            folder.Write("tls.crt", certificate.ExportCertificatePem()), folder.Write("tls.key", TlsHost.KeyPem(certificate)), new RecordingLoggerFactory(), TimeProvider.System);
        await using TestHost host = await TestHost.StartAsync(
            options => options.Endpoints.Add(GrpcEndpoint.Loopback(0) with { Tls = new ServerTls(store), Web = new GrpcWebOptions([WebHost.Origin]) }));
        X509ChainPolicy trust = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        trust.CustomTrustStore.AddRange(ca.Trust());
        using HttpMessageInvoker http = new(new SocketsHttpHandler { SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = trust } });
        using HttpRequestMessage request = new(HttpMethod.Post, $"https://127.0.0.1:{((IPEndPoint)host.Server.BoundEndpoints[^1]).Port}{RawClient.UnaryPath}")
        {
            Version = version == 1 ? HttpVersion.Version11 : HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(WebHost.Body(new EchoRequest { Text = "tls" }, isText: false)) { Headers = { { "content-type", "application/grpc-web" } } },
        };

        using HttpResponseMessage response = await http.SendAsync(request, CancellationToken.None).WaitAsync(TestHost.Patience);

        WebReply reply = WebReply.Read(response, await response.Content.ReadAsByteArrayAsync());
        Assert.Equal("tls", Assert.Single(reply.Messages).Text);
        Assert.Equal(request.Version, response.Version);
    }

    [Theory]
    [InlineData("application/grpc-webx")]
    [InlineData("application/grpc-web+json")]
    [InlineData("text/plain")]
    public async Task Call_OtherContentType_IsRefused(string contentType)
    {
        await using WebHost host = await WebHost.StartAsync();

        using HttpResponseMessage response = await host.SendAsync(HttpMethod.Post, "Unary", 1, new ByteArrayContent([]), contentType);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
    }

    [Theory]
    [InlineData("*")]
    [InlineData("null")]
    [InlineData("https://a.test/")]
    [InlineData("https://A.test")]
    [InlineData("https://a.test:443")]
    [InlineData("ftp://a.test")]
    public void Create_NotAnOrigin_Throws(string origin)
    {
        GrpcServerOptions options = new() { Endpoints = { GrpcEndpoint.Loopback(0) with { Web = new GrpcWebOptions([origin]) } } };

        ArgumentException e = Assert.Throws<ArgumentException>(() => GrpcServer.Create(options, [], new RecordingLoggerFactory(), TimeProvider.System));

        Assert.Contains("AllowedOrigins", e.Message, StringComparison.Ordinal);
    }
}
