// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Cagent.Secrets.Interception;
using Cagent.Secrets.Sds;
using Cagent.Secrets.Tests.Support;
using Cagent.TestKit.Files;
using Cagent.TestKit.Time;
using Cagent.Xds.Nodes;
using Cagent.Xds.Resources;
using Envoy.Extensions.TransportSockets.Tls.V3;
using Microsoft.Extensions.Logging.Abstractions;

namespace Cagent.Secrets.Tests.Sds;

public sealed class LeafSecretSourceTests : IDisposable
{
    private static readonly NodeIdentity One = new("envoy-1", "", "envoy 1.40.0");
    private static readonly NodeIdentity Two = new("envoy-2", "", "envoy 1.40.0");
    private static readonly InterceptionScope GoodTest = new(name => name.Value.EndsWith(".good.test", StringComparison.Ordinal));

    private readonly TemporaryFolder _state = new();
    private readonly ManualTime _time = new();
    private readonly InterceptionCa _ca;
    private readonly LeafCache _cache;
    private readonly LeafSecretSource _source;
    private readonly ConcurrentQueue<string> _changed = new();

    public LeafSecretSourceTests()
    {
        LeafOptions options = new() { Capacity = 2 };
        _ca = Pki.Open(_state, _time);
        _cache = new LeafCache(new LeafIssuer(_ca, options, _time), options, _time, NullLogger<LeafCache>.Instance);
        _cache.UseScope(GoodTest);
        _source = new LeafSecretSource(_cache, _time);
        _source.Changed += names =>
        {
            Assert.NotEmpty(names);
            foreach (string name in names)
            {
                _changed.Enqueue(name);
            }
        };
    }

    public void Dispose()
    {
        _source.Dispose();
        _cache.Dispose();
        _ca.Dispose();
        _state.Dispose();
    }

    [Fact]
    public async Task GetAsync_InterceptedName_IsASecretWithAMatchingPair()
    {
        XdsResource? resource = await AskAsync("api.good.test");
        Assert.Equal("type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret", resource?.TypeUrl);
        Secret secret = Secret.Parser.ParseFrom(resource!.Body);
        Assert.Equal("api.good.test", secret.Name);
        Assert.Equal(secret.Name, resource.Name);
        string chain = secret.TlsCertificate.CertificateChain.InlineBytes.ToStringUtf8();
        Assert.Equal("", Pki.Verify(chain, _ca.Trusted, _time.GetUtcNow()));
        using ECDsa key = ECDsa.Create();
        key.ImportFromPem(secret.TlsCertificate.PrivateKey.InlineBytes.ToStringUtf8());
        using X509Certificate2 pair = Pki.Certificates(chain)[0].CopyWithPrivateKey(key);
        Assert.True(pair.HasPrivateKey);
    }

    [Theory]
    [InlineData("evil.test")]
    [InlineData("API.good.test")]
    [InlineData("api.good.test.")]
    [InlineData("no-sni")]
    [InlineData("10.0.0.1")]
    public async Task GetAsync_AnythingElse_DoesNotExist(string name)
    {
        Assert.True(_source.Owns(name));
        Assert.Null(await AskAsync(name));
    }

    [Fact]
    public void Owns_NameOfAStaticSecret_False() => Assert.False(_source.Owns("leaf@good.test"));

    [Fact]
    public async Task GetAsync_TwoEnvoys_TheSameVersion() =>
        Assert.Equal((await AskAsync("api.good.test"))!.Version, (await _source.GetAsync("api.good.test", Two, default))!.Version);

    [Fact]
    public async Task Renewal_AskedAgain_AnotherVersionForEachHolder()
    {
        string before = (await AskAsync("api.good.test"))!.Version;
        _time.Advance(TimeSpan.FromDays(5));
        Assert.Equal(["api.good.test"], _changed);
        Assert.NotEqual(before, (await AskAsync("api.good.test"))!.Version);
    }

    [Fact]
    public async Task Renewal_AskedAgain_DoesNotCountAsUse()
    {
        await AskAsync("api.good.test");
        for (int day = 0; day < 30; day++)
        {
            _time.Advance(TimeSpan.FromDays(1));
            if (day < 29)
            {
                Assert.NotNull(await AskAsync("api.good.test"));
            }
        }
        Assert.Equal(0, _cache.Count);
    }

    [Fact]
    public async Task Eviction_AskedAgain_ToldOnceThenMintedForTheNextHandshake()
    {
        await AskAsync("a.good.test");
        await AskAsync("b.good.test");
        await AskAsync("c.good.test");
        Assert.Equal(["a.good.test"], _changed);
        Assert.Null(await AskAsync("a.good.test"));
        Assert.Equal(["a.good.test"], _changed);
        Assert.NotNull(await AskAsync("a.good.test"));
        Assert.Equal(["a.good.test", "b.good.test"], _changed);
    }

    [Fact]
    public async Task Eviction_EnvoyThatNeverHadIt_IsServed()
    {
        await AskAsync("a.good.test");
        await AskAsync("b.good.test");
        await AskAsync("c.good.test");
        Assert.NotNull(await _source.GetAsync("a.good.test", Two, default));
    }

    [Fact]
    public async Task Eviction_EnvoyComesBackMuchLater_IsServed()
    {
        await AskAsync("a.good.test");
        await AskAsync("b.good.test");
        await AskAsync("c.good.test");
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.NotNull(await AskAsync("a.good.test"));
    }

    [Fact]
    public async Task NarrowerPolicy_AskedAgain_DoesNotExist()
    {
        await AskAsync("a.good.test");
        _cache.UseScope(InterceptionScope.None);
        Assert.Equal(["a.good.test"], _changed);
        Assert.Null(await AskAsync("a.good.test"));
        Assert.Null(await AskAsync("a.good.test"));
        _cache.UseScope(GoodTest);
        Assert.NotNull(await AskAsync("a.good.test"));
    }

    [Fact]
    public async Task ToString_OfAResource_ShowsNoKey() => Assert.DoesNotContain("PRIVATE", (await AskAsync("api.good.test"))!.ToString(), StringComparison.Ordinal);

    private ValueTask<XdsResource?> AskAsync(string name) => _source.GetAsync(name, One, CancellationToken.None);
}
