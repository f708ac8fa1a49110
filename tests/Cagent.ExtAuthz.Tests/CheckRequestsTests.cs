// SPDX-License-Identifier: Apache-2.0
using Envoy.Config.Core.V3;
using Envoy.Service.Auth.V3;
using Google.Protobuf;
using HttpRequest = Envoy.Service.Auth.V3.AttributeContext.Types.HttpRequest;
using Metadata = Grpc.Core.Metadata;

namespace Cagent.ExtAuthz.Tests;

/// <summary>What an agent can write never becomes identity, and what is missing, doubled or unknown never becomes a value.</summary>
public sealed class CheckRequestsTests
{
    private static readonly Metadata NoState = [];

    [Fact]
    public void ToRequest_EverythingThere_IsTaken()
    {
        Metadata state = new()
        {
            { "x-cagent-source", "anonymous" }, { "x-cagent-agent", "robot" }, { "x-cagent-connect", "a.example.com:443" }, { "x-cagent-request", "r-1" },
        };
        AuthzRequest request = CheckRequests.ToRequest(
            Envoys(new HttpRequest { Method = "GET", Scheme = "https", Host = "a.example.com", Path = "/p?q", HeaderMap = Headers(("upgrade", "websocket")) }, ("hop", "web"), ("entry", "a.example.com:443")), state);
        Assert.Equal(
            new AuthzRequest
            {
                Hop = AuthzHop.Web,
                Entry = "a.example.com:443",
                Source = "anonymous",
                Agent = "robot",
                Connect = "a.example.com:443",
                RequestId = "r-1",
                Method = "GET",
                Authority = "a.example.com",
                Path = "/p?q",
                Sni = "a.example.com",
                Scheme = "https",
                Upgrade = "websocket",
            },
            request);
    }

    /// <summary>Only the name of an agent has a mark: what else a chain says may hold words that a client chose.</summary>
    [Theory]
    [InlineData("blue#0123456789ab", "blue", "0123456789ab")]
    [InlineData("blue#", "blue", "")]
    [InlineData("quarantined@blue#0123456789ab", "quarantined@blue", "0123456789ab")]
    [InlineData("blue", "blue", null)]
    [InlineData("token@10.0.0.1", "token@10.0.0.1", null)]
    [InlineData("token@10.0.0.1#0123456789ab", "token@10.0.0.1#0123456789ab", null)]
    [InlineData("other@blue#0123456789ab", "other@blue#0123456789ab", null)]
    public void ToRequest_SourceWithAMark_IsNameAndMark(string source, string name, string? mark)
    {
        AuthzRequest request = CheckRequests.ToRequest(new CheckRequest(), new Metadata { { "x-cagent-source", source } });
        Assert.Equal((name, mark), (request.Source, request.Identity));
    }

    [Fact]
    public void ToRequest_InsideATunnel_TakesTheMarkOfTheTunnel() =>
        Assert.Equal("0123456789ab", CheckRequests.ToRequest(new CheckRequest(), new Metadata { { "x-cagent-agent", "blue" }, { "x-cagent-identity", "0123456789ab" } }).Identity);

    [Fact]
    public void ToRequest_NothingThere_IsAnUnknownAgentOnAnUnknownHop()
    {
        AuthzRequest request = CheckRequests.ToRequest(new CheckRequest(), NoState);
        Assert.Equal(new AuthzRequest { Hop = AuthzHop.Unknown, RequestId = "", Method = "", Authority = "", Path = "" }, request);
    }

    /// <summary>What is not one number is larger than any bound.</summary>
    [Theory]
    [InlineData("0", 0)]
    [InlineData("1024", 1024)]
    [InlineData("9223372036854775807", long.MaxValue)]
    [InlineData("9223372036854775808", long.MaxValue)]
    [InlineData("", long.MaxValue)]
    [InlineData("-1", long.MaxValue)]
    [InlineData("+1", long.MaxValue)]
    [InlineData("0x10", long.MaxValue)]
    [InlineData(" 5", long.MaxValue)]
    [InlineData("5,5", long.MaxValue)]
    public void ToRequest_ContentLength_IsTheBodysLength(string header, long expected) =>
        Assert.Equal(expected, CheckRequests.ToRequest(Envoys(new HttpRequest { HeaderMap = Headers(("content-length", header)) }), NoState).BodyLength);

    [Theory]
    [InlineData("connect", AuthzHop.Connect)]
    [InlineData("plain", AuthzHop.Plain)]
    [InlineData("web", AuthzHop.Web)]
    [InlineData("deny", AuthzHop.Deny)]
    [InlineData("Web", AuthzHop.Unknown)]
    [InlineData("", AuthzHop.Unknown)]
    [InlineData("allow", AuthzHop.Unknown)]
    public void ToRequest_Hop_IsOneOfTheRoutes(string hop, AuthzHop expected) =>
        Assert.Equal(expected, CheckRequests.ToRequest(Envoys(new HttpRequest(), ("hop", hop)), NoState).Hop);

    [Theory]
    [InlineData("-")]
    [InlineData("")]
    public void ToRequest_StateThatEnvoyDoesNotHave_IsNobody(string value)
    {
        Metadata state = new() { { "x-cagent-source", value }, { "x-cagent-agent", value }, { "x-cagent-connect", value } };
        AuthzRequest request = CheckRequests.ToRequest(new CheckRequest(), state);
        Assert.Null(request.Source);
        Assert.Null(request.Agent);
        Assert.Null(request.Connect);
    }

    [Theory]
    [InlineData("anonymous", "anonymous")]
    [InlineData("anonymous", "other")]
    [InlineData("-", "anonymous")]
    [InlineData("anonymous", "-")]
    public void ToRequest_StateThatOccursTwice_IsNobody(string first, string second)
    {
        Metadata state = new() { { "x-cagent-source", first }, { "x-cagent-source", second }, { "x-cagent-agent", first }, { "x-cagent-agent", second } };
        AuthzRequest request = CheckRequests.ToRequest(new CheckRequest(), state);
        Assert.Null(request.Agent);
        Assert.Null(request.Source);
    }

    [Fact]
    public void ToRequest_IdentityInHeadersOfTheRequest_IsIgnored()
    {
        HttpRequest http = new() { HeaderMap = Headers(("x-cagent-source", "root"), ("x-cagent-agent", "root"), ("x-cagent-connect", "a:443")) };
        http.Headers["x-cagent-agent"] = "root";
        AuthzRequest request = CheckRequests.ToRequest(Envoys(http, ("agent", "root"), ("x-cagent-agent", "root")), NoState);
        Assert.Null(request.Source);
        Assert.Null(request.Agent);
        Assert.Null(request.Connect);
    }

    /// <summary>Two Upgrade headers looked like the first alone, so that an upgrade to anything could hide behind "websocket".</summary>
    [Fact]
    public void ToRequest_UpgradeThatOccursTwice_IsAList()
    {
        HttpRequest http = new() { HeaderMap = Headers(("upgrade", "websocket"), ("upgrade", "h2c")) };
        Assert.Equal("websocket,h2c", CheckRequests.ToRequest(Envoys(http), NoState).Upgrade);
    }

    [Fact]
    public void ToRequest_RawHeaderValue_IsRead()
    {
        HttpRequest http = new() { HeaderMap = new HeaderMap { Headers = { new HeaderValue { Key = "upgrade", RawValue = ByteString.CopyFromUtf8("websocket") } } } };
        Assert.Equal("websocket", CheckRequests.ToRequest(Envoys(http), NoState).Upgrade);
    }

    private static CheckRequest Envoys(HttpRequest http, params (string Key, string Value)[] extensions)
    {
        AttributeContext attributes = new()
        {
            Request = new AttributeContext.Types.Request { Http = http },
            TlsSession = new AttributeContext.Types.TLSSession { Sni = "a.example.com" },
        };
        foreach ((string key, string value) in extensions)
        {
            attributes.ContextExtensions[key] = value;
        }

        return new CheckRequest { Attributes = attributes };
    }

    private static HeaderMap Headers(params (string Key, string Value)[] headers) =>
        new() { Headers = { headers.Select(header => new HeaderValue { Key = header.Key, Value = header.Value }) } };
}
