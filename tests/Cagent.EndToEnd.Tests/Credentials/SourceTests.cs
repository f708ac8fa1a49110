// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Cagent.TestKit.Clients;
using Cagent.TestKit.Processes;
using Cagent.TestKit.Waiting;

namespace Cagent.EndToEnd.Tests.Credentials;

/// <summary>
/// Guarantee: what a source gives takes effect without a failed request, and what it gave before is not used after its end; an outage is ridden
/// out as long as the policy says, denies after that, and is over when the source is back. The secrets show nowhere: the sweep of the
/// deployment looks for every value of these tests.
/// </summary>
public sealed class SourceTests(SourceDeployment shared) : IClassFixture<SourceDeployment>
{
    private const double Rate = 200;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60); // back-off of 15 s and an open circuit of 10 s, on a busy machine

    private Deployment Deployment => shared.Deployment;

    [EnvoyTheory]
    [InlineData(SourceDeployment.FromVault)]
    [InlineData(SourceDeployment.FromProgram)]
    [InlineData(SourceDeployment.FromFile)]
    public async Task Rotation_UnderLoad_FailsNoRequestAndTheOldValueIsUsedNoMore(string host)
    {
        // The upstream takes the values of this set and no others, as the owner of the credential would.
        ConcurrentDictionary<string, bool> taken = new();
        ConcurrentDictionary<string, bool> seen = new();
        shared.Web.Handle($"/{host}", context =>
        {
            string value = context.Request.Headers["x-api-key"].ToString();
            seen[value] = true;
            context.Response.StatusCode = taken.ContainsKey(value) ? 200 : 401;
            return Task.CompletedTask;
        });
        string current = await RotateAsync(host, taken, seen, before: null);
        await using KeepAliveLoad load = StartLoad(host);
        await load.WaitForRequestsAsync(200, Limit);
        for (int i = 0; i < 3; i++)
        {
            current = await RotateAsync(host, taken, seen, current);
        }

        LoadReport report = await load.StopAsync();
        Assert.True(report is { Failed: 0, Succeeded: > 600 }, report.ToString());
    }

    [EnvoyFact]
    public async Task Expiry_UnderLoad_EachValueIsReplacedBeforeItsEnd()
    {
        ConcurrentDictionary<string, bool> seen = new();
        shared.Web.Handle($"/{SourceDeployment.ShortLived}", context =>
        {
            string value = context.Request.Headers["x-api-key"].ToString();
            seen[value] = true;
            bool isValid = long.TryParse(value.Split('-')[0], NumberStyles.None, CultureInfo.InvariantCulture, out long end)
                && TimeProvider.System.GetUtcNow() < DateTimeOffset.FromUnixTimeSeconds(end);
            context.Response.StatusCode = isValid ? 200 : 401;
            return Task.CompletedTask;
        });
        await SucceedsAsync(SourceDeployment.ShortLived);
        await using KeepAliveLoad load = StartLoad(SourceDeployment.ShortLived);
        await Eventually.TrueAsync(() => seen.Count >= 4, Limit, "four values");
        LoadReport report = await load.StopAsync();
        Assert.True(report is { Failed: 0, Succeeded: > 600 }, report.ToString());
    }

    [EnvoyTheory]
    [InlineData(SourceDeployment.FromVault)]
    [InlineData(SourceDeployment.FromProgram)]
    public async Task Outage_IsRiddenOutAsLongAsThePolicySays_ThenDenies_AndEnds(string host)
    {
        string path = $"/{host}";
        shared.Web.Handle(path, context =>
        {
            context.Response.StatusCode = 200;
            return Task.CompletedTask;
        });
        await SucceedsAsync(host);
        await using KeepAliveLoad load = StartLoad(host, response => (int)response.StatusCode == 200 || Reason(response) == "credential_unavailable");
        long start = TimeProvider.System.GetTimestamp();
        await BreakAsync(host);
        await StateAsync(host, "stale");
        Assert.Equal((HttpStatusCode.OK, null), await GetAsync(host));

        await Eventually.TrueAsync(async () => (await GetAsync(host)).Status != HttpStatusCode.OK, Limit, "denied");
        // At most max_stale after the last answer, which was before the outage; and not at once.
        Assert.InRange(TimeProvider.System.GetElapsedTime(start), TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(8));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "credential_unavailable"), await GetAsync(host));
        await StateAsync(host, "unavailable");

        await MendAsync(host);
        await SucceedsAsync(host);
        await StateAsync(host, "available");
        LoadReport report = await load.StopAsync();
        Assert.True(report.Failed == 0, report.ToString());
    }

    [EnvoyFact]
    public async Task Withdrawal_OfTheSecret_DeniesSoon()
    {
        shared.Web.Handle($"/{SourceDeployment.FromVault}", context =>
        {
            context.Response.StatusCode = 200;
            return Task.CompletedTask;
        });
        await SucceedsAsync(SourceDeployment.FromVault);
        shared.Vault.Delete("secret/data/web");
        await Eventually.TrueAsync(async () => (await GetAsync(SourceDeployment.FromVault)).Reason == "credential_unavailable", Limit, "denied");
        shared.Rotate(SourceDeployment.FromVault, shared.NewValue());
        await SucceedsAsync(SourceDeployment.FromVault);
    }

    /// <summary>As the owner of a credential rotates it: the new one is valid first, and the old one no more once nobody uses it.</summary>
    private async Task<string> RotateAsync(string host, ConcurrentDictionary<string, bool> taken, ConcurrentDictionary<string, bool> seen, string? before)
    {
        string next = shared.NewValue();
        taken[next] = true;
        shared.Rotate(host, next);
        await Eventually.TrueAsync(
            async () =>
            {
                await GetAsync(host);
                return seen.ContainsKey(next);
            },
            Limit,
            "the new value is used");
        if (before is not null)
        {
            // Requests that were decided before the change are under way for a moment. One that is decided now has the new value, and so had its answer.
            long start = shared.Web.RequestCount;
            await Eventually.TrueAsync(() => shared.Web.RequestCount > start + 200, Limit, "a second of load");
            taken.TryRemove(before, out _);
        }

        return next;
    }

    private KeepAliveLoad StartLoad(string host, Func<HttpResponseMessage, bool>? isSuccess = null)
    {
        LoadOptions options = new() { Address = new Uri($"https://{host}:{shared.Web.Port}/{host}"), Connections = 8, Rate = Rate, Http = new ProxyHttpOptions { Trust = Deployment.Trust } };
        return KeepAliveLoad.Start(Deployment.Proxy, isSuccess is null ? options : options with { IsSuccess = isSuccess });
    }

    private Task BreakAsync(string host)
    {
        if (host == SourceDeployment.FromVault)
        {
            return shared.Vault.StopAsync();
        }

        return File.WriteAllTextAsync(shared.FailureMark, "");
    }

    private Task MendAsync(string host)
    {
        if (host == SourceDeployment.FromVault)
        {
            return shared.Vault.StartAsync();
        }

        File.Delete(shared.FailureMark);
        return Task.CompletedTask;
    }

    private Task SucceedsAsync(string host) => Eventually.TrueAsync(async () => (await GetAsync(host)).Status == HttpStatusCode.OK, Limit, $"{host} answers");

    private async Task<(HttpStatusCode Status, string? Reason)> GetAsync(string host)
    {
        using ProxyHttp http = Deployment.Http();
        using HttpResponseMessage response = await http.Client.GetAsync($"https://{host}:{shared.Web.Port}/{host}");
        return (response.StatusCode, Reason(response));
    }

    private static string? Reason(HttpResponseMessage response) => response.Headers.TryGetValues("x-cagent-denied", out IEnumerable<string>? values) ? string.Join(",", values) : null;

    /// <summary>Waits until status.json says so of the credential of a host.</summary>
    private Task StateAsync(string host, string state)
    {
        string name = host.Split('.')[0];
        string file = Path.Combine(Deployment.Cagent.StateFolder, "status.json");
        return Eventually.TrueAsync(
            () => JsonNode.Parse(File.ReadAllText(file))?["credentials"]?.AsArray().Any(credential => credential?["name"]?.GetValue<string>() == name && credential["state"]?.GetValue<string>() == state) == true,
            Limit,
            $"{name} is {state}");
    }
}
