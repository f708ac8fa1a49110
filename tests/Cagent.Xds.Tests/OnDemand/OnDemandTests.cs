// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Collections.Immutable;
using Cagent.Xds.Nodes;
using Cagent.Xds.OnDemand;
using Cagent.Xds.Resources;
using Cagent.Xds.Tests.Streams;

namespace Cagent.Xds.Tests.OnDemand;

public sealed class OnDemandTests
{
    private readonly Source _source = new();

    [Fact]
    public async Task Subscribe_GetsWhatTheSourceMakes()
    {
        await using XdsHost host = await StartAsync();
        using FakeEnvoy envoy = host.Connect("egress-1");
        await envoy.SubscribeAsync("sds", "sni:a.test");
        Assert.Equal("sds[sni:a.test=1]", await envoy.NextAndAckAsync());
        Assert.Equal(("sni:a.test", "egress-1"), Assert.Single(_source.Asked));
    }

    [Fact]
    public async Task Subscribe_MissingName_IsRemovedAtOnceAndAskedAgainLater()
    {
        await using XdsHost host = await StartAsync();
        using FakeEnvoy envoy = host.Connect();
        _source.Content["sni:a.test"] = null;
        await envoy.SubscribeAsync("sds", "sni:a.test");
        Assert.Equal("sds[] -sni:a.test", await envoy.NextAndAckAsync());
        _source.Content["sni:a.test"] = "2";
        await envoy.SubscribeAsync("sds", "sni:a.test");
        Assert.Equal("sds[sni:a.test=2]", await envoy.NextAndAckAsync());
    }

    [Fact]
    public async Task Subscribe_NameOfTheSnapshot_DoesNotAskTheSource()
    {
        await using XdsHost host = await StartAsync("sds/sni:a.test=snapshot");
        using FakeEnvoy envoy = host.Connect();
        await envoy.SubscribeAsync("sds", "sni:a.test", "unowned");
        Assert.Equal("sds[sni:a.test=snapshot]", await envoy.NextAndAckAsync());
        Assert.Equal("sds[] -unowned", await envoy.NextAndAckAsync());
        Assert.Empty(_source.Asked);
    }

    [Fact]
    public async Task SlowName_DelaysNeitherOtherNamesNorPushes()
    {
        await using XdsHost host = await StartAsync();
        using FakeEnvoy envoy = host.Connect();
        TaskCompletionSource gate = new();
        _source.Gates["sni:slow.test"] = gate.Task;
        await envoy.SubscribeAsync("sds", "sni:slow.test");
        await envoy.SubscribeAsync("sds", "sni:a.test");
        Assert.Equal("sds[sni:a.test=1]", await envoy.NextAndAckAsync());
        await envoy.SubscribeAsync("cds");
        Assert.Equal("cds[c=1]", await envoy.NextAndAckAsync());
        gate.SetResult();
        Assert.Equal("sds[sni:slow.test=1]", await envoy.NextAndAckAsync());
    }

    [Fact]
    public async Task ManyNames_AreAllAnsweredWithinTheBoundOfConcurrency()
    {
        await using XdsHost host = await StartAsync();
        using FakeEnvoy envoy = host.Connect();
        string[] names = [.. Enumerable.Range(0, 500).Select(i => $"sni:h{i}.test")];
        await envoy.SubscribeAsync("sds", names);
        HashSet<string> came = [];
        for (int i = 0; i < names.Length; i++)
        {
            came.Add(await envoy.NextAndAckAsync());
        }

        Assert.Equal(500, came.Count);
        Assert.InRange(_source.MostAtOnce, 1, new XdsServerOptions().MaxConcurrentOnDemand);
    }

    [Fact]
    public async Task Changed_SendsTheNewVersionAndRemovesWhatIsGone()
    {
        await using XdsHost host = await StartAsync();
        using FakeEnvoy envoy = host.Connect();
        await envoy.SubscribeAsync("sds", "sni:a.test", "sni:b.test");
        HashSet<string> first = [await envoy.NextAndAckAsync(), await envoy.NextAndAckAsync()];
        Assert.Equal(2, first.Count);
        _source.Content["sni:a.test"] = "2";
        _source.RaiseChanged("sni:a.test", "sni:never-asked.test");
        Assert.Equal("sds[sni:a.test=2]", await envoy.NextAndAckAsync());
        _source.Content["sni:b.test"] = null;
        _source.RaiseChanged();
        Assert.Equal("sds[] -sni:b.test", await envoy.NextAndAckAsync());
    }

    [Fact]
    public async Task FailingSource_MeansMissingForNewNamesAndLastGoodForOld()
    {
        await using XdsHost host = await StartAsync();
        using FakeEnvoy envoy = host.Connect();
        await envoy.SubscribeAsync("sds", "sni:a.test");
        Assert.Equal("sds[sni:a.test=1]", await envoy.NextAndAckAsync());
        _source.IsFailing = true;
        _source.RaiseChanged("sni:a.test");
        await envoy.SubscribeAsync("sds", "sni:b.test");
        Assert.Equal("sds[] -sni:b.test", await envoy.NextAndAckAsync());
        _source.IsFailing = false;
        await envoy.SubscribeAsync("sds", "sni:b.test");
        Assert.Equal("sds[sni:b.test=1]", await envoy.NextAndAckAsync());
        Assert.Contains(host.Logs.Entries, entry => entry.Id == 1107);
    }

    [Fact]
    public async Task SourceThatNeverAnswers_CountsAsMissingAfterTheTimeout()
    {
        await using XdsHost host = await XdsHost.StartAsync(new XdsServerOptions { OnDemandTimeout = TimeSpan.FromMilliseconds(100) }, _source);
        host.Server.Publish(Snapshots.Of("r1", "cds/c=1"));
        using FakeEnvoy envoy = host.Connect();
        _source.Gates["sni:a.test"] = new TaskCompletionSource().Task;
        await envoy.SubscribeAsync("sds", "sni:a.test");
        Assert.Equal("sds[] -sni:a.test", await envoy.NextAndAckAsync());
    }

    [Fact]
    public async Task Reconnect_WithTheCurrentVersion_SendsNothing()
    {
        await using XdsHost host = await StartAsync();
        using FakeEnvoy envoy = host.Connect();
        await envoy.SendAsync("sds", request =>
        {
            request.ResourceNamesSubscribe.Add("sni:a.test");
            request.InitialResourceVersions["sni:a.test"] = Snapshots.Version("sds/sni:a.test=1");
        });
        await StreamTests.Until(() => !_source.Asked.IsEmpty);
        await envoy.SubscribeAsync("sds", "sni:b.test");
        Assert.Equal("sds[sni:b.test=1]", await envoy.NextAndAckAsync());
        await envoy.ExpectNothingAsync();
    }

    private async Task<XdsHost> StartAsync(params string[] resources)
    {
        XdsHost host = await XdsHost.StartAsync(null, _source);
        host.Server.Publish(Snapshots.Of("r1", ["cds/c=1", .. resources]));
        return host;
    }

    private sealed class Source : IOnDemandSource
    {
        private int _running;

        public event Action<ImmutableArray<string>>? Changed;

        public string TypeUrl => XdsType.Secret.TypeUrl;

        public ConcurrentDictionary<string, string?> Content { get; } = new();

        public ConcurrentDictionary<string, Task> Gates { get; } = new();

        public ConcurrentQueue<(string Name, string Node)> Asked { get; } = new();

        public volatile bool IsFailing;

        public int MostAtOnce { get; private set; }

        public bool Owns(string name) => name.StartsWith("sni:", StringComparison.Ordinal);

        public async ValueTask<XdsResource?> GetAsync(string name, NodeIdentity node, CancellationToken cancellationToken)
        {
            Asked.Enqueue((name, node.Id));
            lock (Asked)
            {
                MostAtOnce = Math.Max(MostAtOnce, ++_running);
            }

            try
            {
                await Gates.GetValueOrDefault(name, Task.CompletedTask);
                await Task.Yield();
                if (IsFailing)
                {
                    throw new InvalidOperationException("out of order");
                }

                return Content.GetValueOrDefault(name, "1") is { } content ? Snapshots.Resource($"sds/{name}={content}") : null;
            }
            finally
            {
                lock (Asked)
                {
                    _running--;
                }
            }
        }

        public void RaiseChanged(params string[] names) => Changed?.Invoke([.. names]);
    }
}
