// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using Cagent.TestKit.Clients;
using Cagent.TestKit.Http;
using Cagent.TestKit.Processes;
using Cagent.TestKit.Waiting;

namespace Cagent.EndToEnd.Tests.Interception;

/// <summary>Guarantee: a leaf is replaced before it ends, and the next handshake has the new one; what is open goes on, and nothing restarts.</summary>
public sealed class LeafRenewalTests : IAsyncLifetime
{
    private const string Host = "api.renewal.example.com";
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(30);
    private readonly Deployment _deployment = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _deployment.DisposeAsync().AsTask();

    [EnvoyFact]
    public async Task Leaf_AtTwoThirdsOfItsLife_IsAnotherAtTheNextHandshake()
    {
        Upstream api = await _deployment.Internet.AddHttpsAsync(Host);
        await _deployment.StartAsync(_deployment.Head + "domains:\n" + Deployment.Entry(Host, api), new CagentOptions
        {
            Policy = "", Arguments = ["--envoy-concurrency", "1", "--leaf-lifetime", string.Create(CultureInfo.InvariantCulture, $"{Lifetime.TotalSeconds:0}s")],
        });
        int envoy = Assert.Single(_deployment.Cagent.Process.Descendants("envoy"));
        await using RawConnection open = await _deployment.OpenAsync(Host, api.Port);
        X509Certificate2 first = open.RemoteCertificate!;
        Assert.InRange(first.NotAfter - first.NotBefore, Lifetime / 2, Lifetime);

        X509Certificate2? next = null;
        await Eventually.TrueAsync(async () =>
        {
            // Trusted at every moment: an expired leaf would fail here.
            await using RawConnection connection = await _deployment.OpenAsync(Host, api.Port);
            next = connection.RemoteCertificate!;
            return next.SerialNumber != first.SerialNumber;
        }, Lifetime * 2, "another leaf");

        Assert.True(TimeProvider.System.GetUtcNow() < first.NotAfter, "the first leaf ended before it was replaced");
        Assert.True(next!.NotAfter > first.NotAfter);
        await open.SendAsync($"GET /status/200 HTTP/1.1\r\nhost: {Host}:{api.Port}\r\n\r\n");
        Assert.Equal(200, (await open.ReadResponseAsync()).Status);
        Assert.Equal(envoy, Assert.Single(_deployment.Cagent.Process.Descendants("envoy")));
    }
}
