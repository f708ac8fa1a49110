// SPDX-License-Identifier: Apache-2.0
using System.Security.Authentication;
using System.Text;
using Cagent.TestKit.Clients;
using Cagent.TestKit.NetworkNamespaces;

namespace Cagent.EndToEnd.Tests.Wildcards;

/// <summary>
/// Guarantee: <c>*.</c> stands for one label and <c>**.</c> for one or more, the most specific entry alone decides, and within a
/// wildcard CONNECT target, server name and Host are still one name.
/// </summary>
public sealed class WildcardTests(WildcardDeployment shared) : IClassFixture<WildcardDeployment>
{
    private const int Port = WildcardDeployment.Port;

    private Deployment Deployment => shared.Deployment;

    [NamespaceFact(needsEnvoy: true)]
    public async Task Name_UnderAWildcard_IsDecidedByTheMostSpecificEntry()
    {
        await ShouldBeAsync("a.one.example.org", "/x", 200);
        await ShouldBeAsync("exact.both.example.org", "/exact", 200);
        await ShouldBeAsync("exact.both.example.org", "/one", 403);
        await ShouldBeAsync("exact.both.example.org", "/any", 403);
        await ShouldBeAsync("x.both.example.org", "/one", 200);
        await ShouldBeAsync("x.both.example.org", "/any", 403);
        await ShouldBeAsync("x.y.both.example.org", "/any", 200);
        await ShouldBeAsync("x.y.both.example.org", "/one", 403);
    }

    [NamespaceFact(needsEnvoy: true)]
    public async Task Body_AboveTheLimitOfAWildcard_IsDenied()
    {
        const string Head = "POST /x HTTP/1.1\r\nhost: x.body.example.org\r\n";
        Assert.Equal(200, (await Deployment.SendAsync("x.body.example.org", Port, Head + "content-length: 10\r\n\r\n0123456789")).Status);
        Assert.Equal(200, (await Deployment.SendAsync("x.body.example.org", Port, Head + "transfer-encoding: chunked\r\n\r\na\r\n0123456789\r\n0\r\n\r\n")).Status);
        Denial.Of(await Deployment.SendAsync("x.body.example.org", Port, Head + "content-length: 11\r\n\r\n")).ShouldBe(413, "body_too_large");
        Denial.Of(await Deployment.SendAsync("x.body.example.org", Port, Head + "transfer-encoding: chunked\r\n\r\nb\r\n01234567890\r\n0\r\n\r\n")).ShouldBe(413, "body_too_large");
    }

    [NamespaceFact(needsEnvoy: true)]
    public async Task WildcardInsideAWildcard_TakesItsOneLabelAndNoMore()
    {
        await ShouldBeAsync("x.deep.example.org", "/any", 200);
        await ShouldBeAsync("x.y.deep.example.org", "/any", 200);
        await ShouldBeAsync("x.y.z.deep.example.org", "/any", 200);
        await ShouldBeAsync("in.deep.example.org", "/any", 200);
        await ShouldBeAsync("x.in.deep.example.org", "/inner", 200);
        await ShouldBeAsync("x.in.deep.example.org", "/any", 403);
        await ShouldBeAsync("x.y.in.deep.example.org", "/any", 200);
        await ShouldBeAsync("x.y.in.deep.example.org", "/inner", 403);
    }

    [NamespaceFact(needsEnvoy: true)]
    public async Task Name_OutsideTheWildcard_IsDeniedUnresolved()
    {
        string[] outside =
        [
            "one.example.org", "x.y.one.example.org", "xone.example.org", "both.example.org", "deep.example.org", "example.org",
            "pin.example.org", "x.y.pin.example.org", "a.one.example.org.evil.example.org", "*.one.example.org", ".one.example.org", "-.one.example.org",
        ];
        foreach (string name in outside)
        {
            await using RawTunnel tunnel = await Deployment.Raw.ConnectAsync($"{name}:{Port}");
            Assert.True(tunnel.Response.Status is 400 or 403, $"{name}: {tunnel.Response.StatusLine}");
            Assert.False(string.IsNullOrEmpty(Denial.Of(tunnel.Response).Id), name);
            Assert.DoesNotContain(Deployment.Internet.Dns.Queries, query => query.Name == name);
        }

        await ShouldBeAsync("a.one.example.org", "/x", 200);
    }

    [NamespaceFact(needsEnvoy: true)]
    public async Task OtherNameOfTheSameWildcard_IsDenied()
    {
        const string Name = "a.one.example.org";
        long before = shared.Web.RequestCount;
        await using RawConnection connection = await Deployment.OpenAsync(Name, Port);

        foreach (string host in (string[])["b.one.example.org", "b.one.example.org:443", "B.ONE.example.org"])
        {
            await connection.SendAsync($"GET /x HTTP/1.1\r\nhost: {host}\r\n\r\n");
            Denial.Of(await connection.ReadResponseAsync()).ShouldBe(403, "name_mismatch");
        }

        Assert.Equal(before, shared.Web.RequestCount);
        await connection.SendAsync($"GET /x HTTP/1.1\r\nhost: {Name}\r\n\r\n");
        Assert.Equal(200, (await connection.ReadResponseAsync()).Status);

        Exception? failure = await Record.ExceptionAsync(async () =>
        {
            await using RawConnection other = await Deployment.OpenAsync(Name, Port, "b.one.example.org");
        });
        Assert.True(failure is IOException or AuthenticationException, "the tunnel took another server name");
        Assert.DoesNotContain(Deployment.Internet.Dns.Queries, query => query.Name == "b.one.example.org");
    }

    [NamespaceFact(needsEnvoy: true)]
    public async Task PinnedWildcard_PassesUnopened()
    {
        await using RawConnection connection = await Deployment.OpenAsync("a.pin.example.org", Port);
        await connection.SendAsync("bytes");

        Assert.Equal("bytes", Encoding.ASCII.GetString(await connection.ReadBytesAsync(5)));
        Assert.Equal("CN=Cagent Test Root", connection.RemoteCertificate!.Issuer);
        Exception? failure = await Record.ExceptionAsync(async () =>
        {
            await using RawConnection other = await Deployment.OpenAsync("a.pin.example.org", Port, "b.pin.example.org");
        });
        Assert.True(failure is IOException or AuthenticationException, "the tunnel took another server name");
        Assert.Equal(["a.pin.example.org"], shared.Echo.ServerNames.Distinct());
    }

    private async Task ShouldBeAsync(string host, string path, int status)
    {
        RawResponse response = await Deployment.SendAsync(host, Port, $"GET {path} HTTP/1.1\r\nhost: {host}\r\n\r\n");
        Assert.True(response.Status == status, $"{host}{path}: {response}");
        if (status == 403)
        {
            Denial.Of(response).ShouldBe(403, "path_not_allowed");
        }
        else
        {
            Assert.Equal(host, shared.Web.Requests[^1].ServerName);
        }
    }
}
