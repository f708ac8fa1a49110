// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Cagent.TestKit.Clients;
using Cagent.TestKit.Processes;

namespace Cagent.EndToEnd.Tests.Limits;

/// <summary>Guarantee: a rate limit of the policy holds in the real Envoy, whatever the request looks like, and only what is allowed counts.</summary>
public sealed class RateLimitTests(RateLimitDeployment shared) : IClassFixture<RateLimitDeployment>
{
    private Deployment Deployment => shared.Deployment;

    [EnvoyFact]
    public async Task Request_BeyondTheLimit_IsDeniedWithTheTimeToWait()
    {
        await using RawConnection connection = await Deployment.OpenAsync(RateLimitDeployment.Told, shared.Web.Port);
        for (int left = 2; left >= 0; left--)
        {
            RawResponse allowed = await GetAsync(connection, Authority(RateLimitDeployment.Told));
            Assert.Equal((200, "3", left.ToString(CultureInfo.InvariantCulture)), (allowed.Status, allowed.Header("x-ratelimit-limit")?.Split(',')[0], allowed.Header("x-ratelimit-remaining")));
        }

        RawResponse denied = await GetAsync(connection, Authority(RateLimitDeployment.Told));

        Denial.Of(denied).ShouldBe(429, "rate_limited");
        Assert.Equal("0", denied.Header("x-ratelimit-remaining"));
        // A token flows in every 20 minutes.
        Assert.InRange(int.Parse(denied.Header("retry-after")!, CultureInfo.InvariantCulture), 1000, 1200);
        Assert.InRange(int.Parse(denied.Header("x-ratelimit-reset")!, CultureInfo.InvariantCulture), 1000, 3600);
        Assert.Equal(3, shared.Web.Requests.Count(request => request.Header("host") == Authority(RateLimitDeployment.Told)));
    }

    [EnvoyFact]
    public async Task Host_InAnotherSpelling_DrawsFromTheSameBucket()
    {
        string authority = Authority(RateLimitDeployment.Spelt);
        int port = shared.Web.Port;
        string[] spellings = [authority, authority.ToUpperInvariant(), $"Spelt.example.com.:{port}", $"spelt.example.COM:{port}"];
        int[] statuses = new int[spellings.Length];
        for (int i = 0; i < spellings.Length; i++)
        {
            // A tunnel of its own each, spelt like the Host.
            await using RawConnection connection = await Deployment.Raw.ConnectTlsAsync(spellings[i], new TlsClientOptions { ServerName = RateLimitDeployment.Spelt, Trust = Deployment.Trust });
            statuses[i] = (await GetAsync(connection, spellings[i])).Status;
        }

        Assert.Equal([200, 200, 200, 429], statuses);
    }

    [EnvoyFact]
    public async Task DeniedRequests_TakeNothingFromTheBucket()
    {
        await using RawConnection connection = await Deployment.OpenAsync(RateLimitDeployment.Denied, shared.Web.Port);
        for (int i = 0; i < 10; i++)
        {
            Denial.Of(await GetAsync(connection, Authority(RateLimitDeployment.Denied), "/no")).ShouldBe(403, "path_not_allowed");
        }

        List<int> statuses = [];
        for (int i = 0; i < 4; i++)
        {
            statuses.Add((await GetAsync(connection, Authority(RateLimitDeployment.Denied), "/ok")).Status);
        }

        Assert.Equal([200, 200, 200, 429], statuses.Select(status => status == 404 ? 200 : status));
    }

    /// <summary>A request each second, and two at once.</summary>
    [EnvoyFact]
    public async Task Bucket_WhenTimePasses_FillsAgainUpToTheBurst()
    {
        await using RawConnection connection = await Deployment.OpenAsync(RateLimitDeployment.Refilled, shared.Web.Port);
        string authority = Authority(RateLimitDeployment.Refilled);
        Assert.Equal("2", (await GetAsync(connection, authority)).Header("x-ratelimit-limit")?.Split(',')[0]);
        long start = TimeProvider.System.GetTimestamp();
        int allowed = 1;
        int denied = 0;
        while (TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(4) || denied == 0)
        {
            RawResponse response = await GetAsync(connection, authority);
            (allowed, denied) = response.Status == 200 ? (allowed + 1, denied) : (allowed, denied + 1);
            if (response.Status != 200)
            {
                Denial.Of(response).ShouldBe(429, "rate_limited");
            }
        }

        int seconds = (int)TimeProvider.System.GetElapsedTime(start).TotalSeconds;
        Assert.InRange(allowed, 4, 2 + seconds + 1);
        Assert.True(denied > 0, "nothing was denied");
    }

    [EnvoyFact]
    public async Task LimitOfADomain_HoldsForTheOneAgent()
    {
        await using RawConnection connection = await Deployment.OpenAsync(RateLimitDeployment.Shared, shared.Web.Port);
        int[] statuses = await StatusesAsync(connection, Authority(RateLimitDeployment.Shared));
        Assert.Equal([200, 200, 200, 429], statuses);
    }

    /// <summary>Entries with one and the same limit share a descriptor of the proxy and no bucket.</summary>
    [EnvoyFact]
    public async Task Entries_WithEqualLimits_HaveBucketsOfTheirOwn()
    {
        await using RawConnection connection = await Deployment.OpenAsync(RateLimitDeployment.Other, shared.Web.Port);
        int[] statuses = await StatusesAsync(connection, Authority(RateLimitDeployment.Other));
        Assert.Equal([200, 200, 200, 429], statuses);
    }

    [EnvoyFact]
    public async Task Http2_StreamsOfOneConnection_DrawFromTheSameBucket()
    {
        using ProxyHttp http = Deployment.Http(http2: true);
        List<int> statuses = [];
        for (int i = 0; i < 4; i++)
        {
            using HttpResponseMessage response = await http.Client.GetAsync($"https://{Authority(RateLimitDeployment.Http2)}/");
            statuses.Add((int)response.StatusCode);
            if (i == 3)
            {
                (await Denial.OfAsync(response)).ShouldBe(429, "rate_limited");
            }
        }

        Assert.Equal([200, 200, 200, 429], statuses);
    }

    [EnvoyFact]
    public async Task EntryWithoutLimit_IsNotCountedNorTold()
    {
        await using RawConnection connection = await Deployment.OpenAsync(RateLimitDeployment.Unlimited, shared.Web.Port);
        for (int i = 0; i < 100; i++)
        {
            RawResponse response = await GetAsync(connection, Authority(RateLimitDeployment.Unlimited));
            Assert.Equal(200, response.Status);
            Assert.DoesNotContain(response.Headers, header => header.Key.StartsWith("x-ratelimit", StringComparison.OrdinalIgnoreCase));
        }
    }

    /// <summary>The bucket is the entry's: a new name below a wildcard is no new bucket. What passes the limit is refused for its loopback address.</summary>
    [EnvoyFact]
    public async Task NamesBelowAWildcard_DrawFromOneBucket()
    {
        List<string?> reasons = [];
        foreach (string label in (string[])["a", "b", "c", "d"])
        {
            string host = $"{label}.{RateLimitDeployment.Wildcard}";
            await using RawConnection connection = await Deployment.OpenAsync(host, shared.Web.Port);
            reasons.Add((await GetAsync(connection, $"{host}:{shared.Web.Port}")).DeniedReason);
        }

        Assert.Equal(["address_forbidden", "address_forbidden", "address_forbidden", "rate_limited"], reasons);
    }

    [EnvoyFact]
    public async Task PlainHttp_BeyondTheLimit_IsDenied()
    {
        string authority = $"{RateLimitDeployment.Plain}:{shared.PlainWeb.Port}";
        await using RawConnection connection = await Deployment.Raw.DialAsync();
        List<int> statuses = [];
        for (int i = 0; i < 4; i++)
        {
            await connection.SendAsync($"GET http://{authority}/ HTTP/1.1\r\nhost: {authority}\r\n\r\n");
            RawResponse response = await connection.ReadResponseAsync();
            statuses.Add(response.Status);
            Assert.Equal(i == 3 ? "rate_limited" : null, response.DeniedReason);
        }

        Assert.Equal([200, 200, 200, 429], statuses);
    }

    /// <summary>Of what is passed through nobody sees requests: tunnels are counted.</summary>
    [EnvoyFact]
    public async Task PinnedName_BeyondTheLimit_OpensNoTunnel()
    {
        List<int> statuses = [];
        for (int i = 0; i < 4; i++)
        {
            await using RawTunnel tunnel = await Deployment.Raw.ConnectAsync($"{RateLimitDeployment.Pinned}:{shared.Echo.Port}");
            statuses.Add(tunnel.Response.Status);
            Assert.Equal(i == 3 ? "rate_limited" : null, tunnel.Response.DeniedReason);
        }

        Assert.Equal([200, 200, 200, 429], statuses);
    }

    private string Authority(string host) => $"{host}:{shared.Web.Port}";

    private static async Task<int[]> StatusesAsync(RawConnection connection, string authority)
    {
        int[] statuses = new int[4];
        for (int i = 0; i < statuses.Length; i++)
        {
            statuses[i] = (await GetAsync(connection, authority)).Status;
        }

        return statuses;
    }

    private static async Task<RawResponse> GetAsync(RawConnection connection, string authority, string path = "/")
    {
        await connection.SendAsync($"GET {path} HTTP/1.1\r\nhost: {authority}\r\n\r\n");
        return await connection.ReadResponseAsync();
    }
}
