// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Tests.Conformance;
using Cagent.Xds.Tests.Streams;
using Envoy.Service.Status.V3;
using Grpc.Core;

namespace Cagent.Xds.Tests.Authorization;

/// <summary>Section 10 over real mutual TLS: a certificate is its own node and nobody else's, and a rogue one hurts nobody.</summary>
public sealed class SecureTests
{
    private const string First = "spiffe://site/egress-1";
    private const string Second = "spiffe://site/egress-2";

    public static TheoryData<string> All => [.. Variants.All];

    [Theory]
    [MemberData(nameof(All))]
    public async Task RightName_GetsItsOwnGroup(string variant)
    {
        await using SecureHost secure = await SecureHost.StartAsync();
        using Driver one = new(secure.Connect("other.test", First), Variants.Of(variant), "egress-1");
        using Driver two = new(secure.Connect(Second), Variants.Of(variant), "egress-2");
        await one.WildcardAsync("cds");
        await two.WildcardAsync("cds");
        Assert.Equal("one=1", (await one.NextAsync("cds")).Content);
        Assert.Equal("two=1", (await two.NextAsync("cds")).Content);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task WrongNameOrUnknownNode_IsPermissionDenied(string variant)
    {
        await using SecureHost secure = await SecureHost.StartAsync();
        CallInvoker second = secure.Connect(Second);
        foreach (string claimed in (string[])["egress-1", "egress-9", "EGRESS-2"])
        {
            using Driver liar = new(second, Variants.Of(variant), claimed);
            await liar.WildcardAsync("cds");
            Status end = await liar.EndAsync("cds");
            Assert.Equal((StatusCode.PermissionDenied, "the client certificate is not one of this node"), (end.StatusCode, end.Detail));
            liar.ExpectNothingMore();
        }

        // On the same connection it may still be who it is.
        using Driver honest = new(second, Variants.Of(variant), "egress-2");
        await honest.WildcardAsync("cds");
        Assert.Equal("two=1", (await honest.NextAsync("cds")).Content);
        await StreamTests.Until(() => !secure.Host.Server.Nodes.IsEmpty); // told after the response
        Assert.Equal("egress-2", Assert.Single(secure.Host.Server.Nodes).Node.Id);
    }

    [Fact]
    public async Task NoCertificate_ComesNowhere()
    {
        await using SecureHost strict = await SecureHost.StartAsync();
        using Driver nameless = new(strict.Connect(), Variants.Of("IA"), "egress-1");
        await nameless.WildcardAsync("cds");
        Assert.Equal(StatusCode.Unavailable, (await nameless.EndAsync("cds")).StatusCode);

        await using SecureHost lax = await SecureHost.StartAsync(isCertificateAsked: false);
        using Driver unproven = new(lax.Connect(), Variants.Of("IA"), "egress-1");
        await unproven.WildcardAsync("cds");
        Status end = await unproven.EndAsync("cds");
        Assert.Equal((StatusCode.Unauthenticated, "a client certificate is needed"), (end.StatusCode, end.Detail));
    }

    [Fact]
    public async Task Status_IsForItsReadersOnly()
    {
        await using SecureHost secure = await SecureHost.StartAsync();
        using Driver node = new(secure.Connect(First), Variants.Of("IA"), "egress-1");
        await node.WildcardAsync("cds");
        await node.NextAsync("cds");
        ClientStatusResponse status = await new ClientStatusDiscoveryService.ClientStatusDiscoveryServiceClient(secure.Connect("operator"))
            .FetchClientStatusAsync(new ClientStatusRequest()).ResponseAsync.WaitAsync(XdsHost.Patience);
        Assert.Equal("egress-1", Assert.Single(status.Config).Node.Id);
        RpcException refusal = await Assert.ThrowsAsync<RpcException>(() =>
            new ClientStatusDiscoveryService.ClientStatusDiscoveryServiceClient(secure.Connect(First)).FetchClientStatusAsync(new ClientStatusRequest()).ResponseAsync);
        Assert.Equal(StatusCode.PermissionDenied, refusal.StatusCode);
    }

    /// <summary>A node with a right certificate that floods in every way is ended each time, and another one gets each of its updates.</summary>
    [Fact]
    public async Task RogueClient_IsEndedEachTime_AndTheOtherGetsEveryUpdate()
    {
        await using SecureHost secure = await SecureHost.StartAsync(options => options with
        {
            MaxStreamsPerNode = 4, MaxNamesPerSubscription = 1000, MaxRequestBytes = 256 * 1024, RequestsPerSecond = 1, RequestBurst = 64,
        });
        using Driver good = new(secure.Connect(First), Variants.Of("IA"), "egress-1");
        await good.WildcardAsync("cds");
        await good.NextAsync("cds");
        CallInvoker rogue = secure.Connect(Second);
        (string Text, Func<Driver, Task> Attack)[] attacks =
        [
            ("too many resource names", client => client.SubscribeAsync("eds", [.. Enumerable.Range(0, 1001).Select(i => $"n{i}")])),
            ("the request is too large", client => client.SubscribeAsync("eds", [.. Enumerable.Range(0, 300).Select(i => $"{i}{new string('x', 1000)}")])),
            ("too many requests in a short time", FloodAsync),
        ];
        for (int round = 1; round <= 3; round++)
        {
            foreach ((string text, Func<Driver, Task> attack) in attacks)
            {
                using Driver client = new(rogue, Variants.Of("IA"), "egress-2");
                await attack(client);
                Status end = await client.EndAsync("eds");
                Assert.Equal(StatusCode.ResourceExhausted, end.StatusCode);
                Assert.Contains(text, end.Detail, StringComparison.Ordinal);
            }

            await TooManyStreamsAsync(rogue);
            secure.Host.Server.Publish("egress-1", Snapshots.Of($"update-{round}", $"cds/one={round + 1}"));
            Assert.Equal($"one={round + 1}", (await good.NextAsync("cds")).Content);
        }

        await StreamTests.Until(() => secure.Host.Server.OpenStreams == 1);
        good.ExpectNothingMore();
    }

    private static async Task FloodAsync(Driver client)
    {
        for (int i = 0; i < 100; i++)
        {
            await client.SendAsync("eds", new DriverRequest("") { Nonce = "never" });
        }
    }

    private static async Task TooManyStreamsAsync(CallInvoker rogue)
    {
        using Driver first = new(rogue, Variants.Of("IN"), "egress-2");
        foreach (string type in (string[])["cds", "lds", "rds", "eds"])
        {
            await first.SubscribeAsync(type, "two");
            await first.NextAsync(type);
        }

        using Driver fifth = new(rogue, Variants.Of("IN"), "egress-2");
        await fifth.WildcardAsync("cds");
        Assert.Equal(StatusCode.ResourceExhausted, (await fifth.EndAsync("cds")).StatusCode);
    }
}
