// SPDX-License-Identifier: Apache-2.0
using Cagent.TestKit.Clients;
using Cagent.TestKit.Http;
using Cagent.TestKit.Processes;
using Cagent.TestKit.Waiting;
using Microsoft.AspNetCore.Http;

namespace Cagent.EndToEnd.Tests.Limits;

/// <summary>Guarantee: what <c>resilience</c> says is what the real Envoy does, and nothing is sent twice that an upstream may have acted on.</summary>
public sealed class ResilienceTests(ResilienceDeployment shared) : IClassFixture<ResilienceDeployment>
{
    private Deployment Deployment => shared.Deployment;

    [EnvoyTheory]
    [InlineData("GET", "503", 2, 200, 3)]
    [InlineData("HEAD", "502", 1, 200, 2)]
    [InlineData("OPTIONS", "504", 1, 200, 2)]
    [InlineData("GET", "503", 9, 503, 3)]
    [InlineData("GET", "reset", 2, 200, 3)]
    [InlineData("GET", "500", 1, 500, 1)]
    [InlineData("POST", "503", 1, 503, 1)]
    [InlineData("PUT", "503", 1, 503, 1)]
    [InlineData("DELETE", "503", 1, 503, 1)]
    [InlineData("POST", "reset", 1, 503, 1)]
    public async Task Failure_OfAnEntryWithRetries_IsTriedAgainWhenSafe(string method, string failure, int times, int status, int tries)
    {
        foreach ((string scheme, string host, Upstream upstream) in ((string, string, Upstream)[])[("https", ResilienceDeployment.Retried, shared.Web), ("http", ResilienceDeployment.Plain, shared.PlainWeb)])
        {
            (int actual, int count) = await SendAsync(method, $"{scheme}://{host}:{upstream.Port}", upstream, failure, times);
            Assert.Equal((scheme, status, tries), (scheme, actual, count));
        }
    }

    [EnvoyTheory]
    [InlineData(ResilienceDeployment.Default, "503")]
    [InlineData(ResilienceDeployment.Default, "reset")]
    [InlineData(ResilienceDeployment.Never, "503")]
    [InlineData(ResilienceDeployment.Never, "reset")]
    public async Task Failure_OfAnEntryWithoutRetries_IsPassedOn(string host, string failure)
    {
        (int status, int count) = await SendAsync("GET", $"https://{host}:{shared.Web.Port}", shared.Web, failure, 1);
        Assert.Equal((503, 1), (status, count));
    }

    [EnvoyFact]
    public async Task Address_ThatFailsInARow_RestsWhileThereIsAnother()
    {
        using ProxyHttp http = Deployment.Http();
        string address = $"https://{ResilienceDeployment.TwoAddresses}:{shared.Good.Port}/";
        await Eventually.TrueAsync(async () =>
        {
            List<int> statuses = [];
            for (int i = 0; i < 10; i++)
            {
                statuses.Add(await StatusAsync(http, address));
            }

            return statuses.All(status => status == 200);
        }, Eventually.Patience, "only the good address is asked");
        Assert.InRange(shared.Bad.Requests.Count(request => request.Header("host") == $"{ResilienceDeployment.TwoAddresses}:{shared.Good.Port}"), 2, 4);
    }

    [EnvoyFact]
    public async Task Address_ThatIsTheOnlyOne_IsAskedOn()
    {
        using ProxyHttp http = Deployment.Http();
        for (int i = 1; i <= 5; i++)
        {
            Assert.Equal(503, await StatusAsync(http, $"https://{ResilienceDeployment.OneAddress}:{shared.Bad.Port}/"));
            Assert.Equal(i, shared.Bad.Requests.Count(request => request.Header("host") == $"{ResilienceDeployment.OneAddress}:{shared.Bad.Port}"));
        }
    }

    /// <summary>Two connections: two requests run, 128 wait, and the next fail at once. Envoy may open one more for requests in tunnels, because their pools are two.</summary>
    [EnvoyTheory]
    [InlineData("https", 3)]
    [InlineData("http", 2)]
    public async Task Connections_BeyondTheBound_AreNotOpened(string scheme, int most)
    {
        (string host, Upstream upstream) = scheme == "http" ? (ResilienceDeployment.Plain, shared.PlainWeb) : (ResilienceDeployment.Narrow, shared.Http1);
        using ProxyHttp first = Deployment.Http(scheme == "https");
        using ProxyHttp second = Deployment.Http(scheme == "https");
        Task<HttpResponseMessage>[] requests =
            [.. Enumerable.Range(0, 140).Select(i => (i % 2 == 0 ? first : second).Client.GetAsync($"{scheme}://{host}:{upstream.Port}{ResilienceDeployment.Held(scheme)}", HttpCompletionOption.ResponseHeadersRead))];
        int refused = requests.Length - most - 128;
        await Eventually.TrueAsync(() => upstream.OpenConnections >= 1 && requests.Count(request => request.IsCompleted) >= 1 + refused, "all but those that wait have an answer");
        // One may serve all at first: Envoy expects HTTP/2 of what it has not met.
        Assert.InRange(upstream.OpenConnections, 1, most);

        shared.Release(scheme);
        HttpResponseMessage[] responses = await Task.WhenAll(requests);
        Denial[] failures = await Task.WhenAll(responses.Where(response => (int)response.StatusCode != 200).Select(Denial.OfAsync));
        Assert.InRange(failures.Length, refused, refused + most);
        Assert.All(failures, failure => Assert.Equal((503, null, "upstream_failed", "upstream_unavailable"), (failure.Status, failure.Header, failure.Error, failure.Reason)));
    }

    [EnvoyFact]
    public async Task Tunnels_BeyondTheBound_ReachNothing()
    {
        List<RawTunnel> tunnels = [];
        for (int i = 0; i < 8; i++)
        {
            tunnels.Add(await Deployment.Raw.ConnectAsync($"{ResilienceDeployment.NarrowPinned}:{shared.Echo.Port}"));
        }

        Task<RawConnection>[] opening = [.. tunnels.Select(tunnel => tunnel.Connection.StartTlsAsync(new TlsClientOptions { ServerName = ResilienceDeployment.NarrowPinned, Trust = Deployment.Trust }))];
        using EnvoyAdmin admin = new(Deployment.Cagent.StateFolder);
        await Eventually.TrueAsync(async () => opening.Count(task => task.IsCompletedSuccessfully) >= 2
            && (await admin.StatsAsync("pin_.*upstream_cx_overflow")).Values.Any(count => count >= 5), Eventually.Patience, "some are open and the others wait");

        Assert.InRange(shared.Echo.OpenConnections, 2, 3);
        foreach (RawTunnel tunnel in tunnels)
        {
            await tunnel.DisposeAsync();
        }

        await Task.WhenAll(opening).ContinueWith(_ => { }, TaskScheduler.Default);
    }

    private async Task<(int Status, int Count)> SendAsync(string method, string origin, Upstream upstream, string failure, int times)
    {
        string path = "/" + Guid.NewGuid().ToString("N");
        Func<HttpContext, Task> fail = failure == "reset" ? ResilienceDeployment.ResetAsync : context => ResilienceDeployment.AnswerAsync(context, int.Parse(failure, System.Globalization.CultureInfo.InvariantCulture));
        Func<int> count = ResilienceDeployment.Fail(upstream, path, times, fail);
        using ProxyHttp http = Deployment.Http();
        using HttpRequestMessage request = new(new HttpMethod(method), origin + path);
        if (method is "POST" or "PUT")
        {
            request.Content = new StringContent("body");
        }

        using HttpResponseMessage response = await http.Client.SendAsync(request);
        return ((int)response.StatusCode, count());
    }

    private static async Task<int> StatusAsync(ProxyHttp http, string address)
    {
        using HttpResponseMessage response = await http.Client.GetAsync(address);
        return (int)response.StatusCode;
    }
}
