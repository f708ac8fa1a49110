// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using System.Text.Json;
using Cagent.TestKit.Clients;
using Cagent.TestKit.Http;
using Cagent.TestKit.Tcp;
using Cagent.TestKit.Waiting;

namespace Cagent.EndToEnd.Tests.Attacks;

/// <summary>
/// The test bed of the attacks: agent a1, who may use most of it, agent a2, who may use one name, and a canary that neither may reach. The
/// names of <see cref="Web"/> share one server and one port, so that nothing but the name tells them apart.
/// </summary>
public sealed class AttackDeployment : SharedDeployment
{
    /// <summary>Paths below <c>/v1/</c>, with a credential.</summary>
    public const string Api = "api.good.test";
    public const string Open = "open.good.test";
    public const string ReadOnly = "ro.good.test";

    /// <summary>WebSocket on <c>/ws</c> only.</summary>
    public const string Socket = "ws.good.test";

    /// <summary>WebSocket everywhere.</summary>
    public const string Upgrades = "upgrades.good.test";
    public const string Plain = "plain.good.test";
    public const string Pinned = "pin.good.test";
    public const string Wild = "x.wild.good.test";

    /// <summary>Inside the wildcard, and denied to read.</summary>
    public const string Hidden = "hidden.wild.good.test";

    /// <summary>Its credential cannot be read.</summary>
    public const string NoCredential = "none.good.test";

    /// <summary>A canary with a credential: whatever reaches it, it says so.</summary>
    public const string Sink = "sink.good.test";

    /// <summary>Its certificate is for its name with a NUL and more behind it.</summary>
    public const string NulName = "nul.good.test";

    /// <summary>Of a2 alone.</summary>
    public const string Two = "two.test";
    public const string Evil = "evil.test";

    /// <summary>Where whoever does not say otherwise connects from: agent a1.</summary>
    public const string FirstAddress = "127.0.0.1";
    public const string SecondAddress = "127.0.0.3";
    public const string UnknownAddress = "127.0.0.9";

    private static readonly TimeSpan LogLimit = TimeSpan.FromSeconds(20);
    private readonly ConcurrentDictionary<string, string?> _refusals = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Connect, string? Sni), int> _mismatches = new();

    public Upstream Web { get; private set; } = null!;

    public Upstream PlainWeb { get; private set; } = null!;

    public Upstream NulWeb { get; private set; } = null!;

    public TlsEcho Echo { get; private set; } = null!;

    /// <summary>Not in the policy: nothing may ever reach it.</summary>
    public Canary Canary { get; private set; } = null!;

    /// <summary>Behind <see cref="Sink"/>.</summary>
    public Canary SinkCanary { get; private set; } = null!;

    public AgentProxy Second => Deployment.Agent(SecondAddress);

    public AgentProxy Unknown => Deployment.Agent(UnknownAddress);

    /// <summary>The port of a host of the policy.</summary>
    public int PortOf(string host) => host switch
    {
        Plain => PlainWeb.Port,
        Pinned => Echo.Port,
        NulName => NulWeb.Port,
        Evil => Canary.Port,
        Sink => SinkCanary.Port,
        _ => Web.Port,
    };

    /// <summary>Replaces <c>{web}</c>, <c>{plain}</c>, <c>{pin}</c>, <c>{evil}</c> and <c>{proxy}</c> by ports.</summary>
    public string Fill(string text) => text
        .Replace("{web}", $"{Web.Port}", StringComparison.Ordinal)
        .Replace("{plain}", $"{PlainWeb.Port}", StringComparison.Ordinal)
        .Replace("{pin}", $"{Echo.Port}", StringComparison.Ordinal)
        .Replace("{evil}", $"{Canary.Port}", StringComparison.Ordinal)
        .Replace("{proxy}", $"{Deployment.Cagent.Proxy.Port}", StringComparison.Ordinal);

    /// <summary>A request as text: on <see cref="Open"/>, or where another host is given, in one of the ways.</summary>
    public string Text(AttackWay way, string method, string path, string? host = null, string lines = "")
    {
        string authority = way == AttackWay.Plain ? $"{Plain}:{PlainWeb.Port}" : $"{host ?? Open}:{Web.Port}";
        return $"{method} {(way == AttackWay.Plain ? "http://" + authority : "")}{path} HTTP/1.1\r\nhost: {authority}\r\n{lines}\r\n";
    }

    /// <summary>Sends a request over HTTP/1.1 in one of the ways; see <see cref="Text"/>.</summary>
    public Task<RawResponse> AskAsync(AttackWay way, string method, string path, string? host = null, string lines = "") => way == AttackWay.Plain
        ? Deployment.Raw.SendAsync(Text(way, method, path, host, lines))
        : Deployment.SendAsync(host ?? Open, Web.Port, Text(way, method, path, host, lines));

    /// <summary>Asserts that a request is denied in this way, with nothing sent upstream.</summary>
    public async Task ShouldBeDeniedAsync(AttackWay way, string method, string path, string reason, string? host = null, string lines = "")
    {
        long before = Requests;
        if (way == AttackWay.InspectedHttp2)
        {
            await using TunnelHttp2 http = await TunnelHttp2.OpenAsync(Deployment, host ?? Open, Web.Port);
            Denial denial = Denial.OfBody(await http.RequestAsync(method, $"{host ?? Open}:{Web.Port}", path));
            denial.ShouldSay(reason);
            WillBeRecorded(denial, reason);
        }
        else
        {
            WillBeRecorded(Denial.Of(await AskAsync(way, method, path, host, lines)).ShouldBe(403, reason), reason);
        }

        Assert.Equal(before, Requests);
    }

    /// <summary>Requests that any upstream has had.</summary>
    public long Requests => Web.RequestCount + PlainWeb.RequestCount + NulWeb.RequestCount;

    /// <summary>What the log must hold once, when <see cref="ShouldAllBeRecordedAsync"/> looks: Envoy reports once a second, and each attack would wait for it.</summary>
    public Denial WillBeRecorded(Denial denial, string? reason)
    {
        Assert.True(_refusals.TryAdd(denial.Id!, reason), "an id that was told before");
        return denial;
    }

    /// <summary>The same for a typed denial.</summary>
    public Denial WillBeRecorded(Denial denial) => WillBeRecorded(denial, denial.Header);

    /// <summary>The same for a tunnel that ended without a word, because of its server name; null when nobody could read one.</summary>
    public void WillBeRecorded(string connect, string? sni) => _mismatches.AddOrUpdate((connect, sni), 1, static (_, count) => count + 1);

    /// <summary>Asserts that every refusal of this class left one record, with its reason and its agent, and that the credential is nowhere.</summary>
    public async Task ShouldAllBeRecordedAsync()
    {
        AccessLogFile log = new(Deployment.Cagent.StateFolder);
        ILookup<string?, JsonElement> records = Enumerable.Empty<JsonElement>().ToLookup(record => AccessLogFile.Member(record, ""));
        await Eventually.TrueAsync(() =>
        {
            records = log.Text.Split('\n')[..^1].Select(line => JsonDocument.Parse(line).RootElement).ToLookup(record => AccessLogFile.Member(record, "request_id"));
            return _refusals.Keys.All(records.Contains) && _mismatches.All(mismatch => Count(records, mismatch.Key) >= mismatch.Value);
        }, LogLimit, "a record of each refusal");
        Assert.All(_refusals, refusal =>
        {
            JsonElement record = Assert.Single(records[refusal.Key]);
            Assert.Equal(refusal.Value, AccessLogFile.Member(record, "denied_reason"));
            // Who asked is known once the policy was asked. What is no request, and an upgrade that no listener takes, is refused before.
            Assert.True(refusal.Value is null or "agent_unknown" || AccessLogFile.Member(record, "response_code_details") == "upgrade_failed" || AccessLogFile.Member(record, "agent") is not null || AccessLogFile.Member(record, "tunnel") is not null, $"nobody's: {record}");
        });
        Assert.All(_mismatches, mismatch => Assert.Equal(mismatch.Value, Count(records, mismatch.Key)));
        SecretForms secret = new(Deployment.Secret);
        foreach ((string where, string text) in await SecretSweep.PlacesAsync(Deployment.Cagent))
        {
            secret.ShouldNotBeIn(text, where);
        }
    }

    /// <summary>Asserts that no name but those of the policy was resolved and no canary reached, after an allowed request has gone all the way.</summary>
    public async Task ShouldStillWorkAndBeQuietAsync()
    {
        string path = "/v1/neighbour/" + Guid.NewGuid().ToString("N");
        RawResponse response = await AskAsync(AttackWay.Inspected, "GET", path, Api);
        Assert.Equal(200, response.Status);
        Assert.Contains(Web.Requests, request => request.Path == path);
        ShouldBeQuiet();
    }

    /// <summary>Asserts that no name but those of the policy was resolved and no canary reached.</summary>
    public void ShouldBeQuiet()
    {
        Assert.Equal(0, Canary.ConnectionCount);
        Assert.DoesNotContain(Deployment.Internet.Dns.Queries, query => !Known.Contains(query.Name));
    }

    private static int Count(ILookup<string?, JsonElement> records, (string Connect, string? Sni) tunnel) => records.SelectMany(group => group).Count(record =>
        (AccessLogFile.Member(record, "log"), AccessLogFile.Member(record, "denied_reason"), AccessLogFile.Member(record, "response_code")) == ("gate", "name_mismatch", null)
        && (AccessLogFile.Member(record, "connect"), AccessLogFile.Member(record, "sni")) == tunnel);

    private static ImmutableHashSet<string> Known { get; } = [Api, Open, ReadOnly, Socket, Upgrades, Plain, Pinned, Wild, Hidden, NoCredential, NulName, Sink, Two];

    protected override async Task StartAsync(Deployment deployment)
    {
        Web = await deployment.Internet.AddHttpsAsync(Api, certificateNames: [Api, Open, ReadOnly, Socket, Upgrades, Hidden, NoCredential, Two]);
        PlainWeb = await deployment.Internet.AddHttpAsync(Plain);
        NulWeb = await deployment.Internet.AddHttpsAsync(NulName, certificateNames: [NulName + "\0.evil.test", "evil.test\0." + NulName]);
        Echo = deployment.Internet.AddTlsEcho(Pinned);
        Canary = deployment.Internet.AddCanary(Evil);
        SinkCanary = deployment.Internet.AddCanary(Sink);
        foreach (string name in (string[])[Open, ReadOnly, Socket, Upgrades, Wild, Hidden, NoCredential, Two])
        {
            deployment.Internet.Dns.Set(name, IPAddress.Loopback);
        }

        const string use = "credential: {use: canary, header: Authorization, format: \"Bearer {value}\"}";
        string policy = deployment.Head + "  missing: {from: env, name: CAGENT_TEST_UNSET}\ndomains: []\nagents:\n"
            + Agent("a1", FirstAddress)
            + Own(Deployment.Entry(Api, Web, "allow: [\"GET /v1/**\", \"POST /v1/items\"], deny: [\"* /v1/secret/**\"], " + use))
            + Own(Deployment.Entry(Open, Web))
            + Own(Deployment.Entry(ReadOnly, Web, "read_only: true"))
            + Own(Deployment.Entry(Socket, Web, "websocket: true, allow: [\"GET /ws\"]"))
            + Own(Deployment.Entry(Upgrades, Web, "websocket: true"))
            + Own(Deployment.Entry(Plain, PlainWeb, "scheme: http, deny: [\"* /v1/secret/**\"]"))
            + Own(Deployment.Entry(Pinned, Echo.Port, "tls: passthrough"))
            + Own($"  - {{domain: \"*.wild.good.test\", port: {Web.Port}}}\n")
            + Own(Deployment.Entry(Hidden, Web, "deny: [\"GET /**\"]"))
            + Own(Deployment.Entry(NoCredential, Web, "credential: {use: missing, header: Authorization}"))
            + Own(Deployment.Entry(NulName, NulWeb, use))
            + Own(Deployment.Entry(Sink, SinkCanary.Port, "allow: [\"GET /v1/**\"], " + use))
            + Agent("a2", SecondAddress)
            + Own(Deployment.Entry(Two, Web));
        await deployment.StartAsync(policy);
    }

    private static string Agent(string name, string address) => $"  - name: {name}\n    identity: {{source: {address}}}\n    domains:\n";

    private static string Own(string entry) => "    " + entry;
}
