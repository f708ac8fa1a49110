// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;
using Cagent.Secrets.Interception;
using Cagent.Secrets.Tests.Support;
using Cagent.TestKit.Files;
using Cagent.TestKit.Logging;
using Cagent.TestKit.Time;
using Microsoft.Extensions.Logging.Abstractions;

namespace Cagent.Secrets.Tests.Interception;

/// <summary>Rotation: what agents trust comes first, what signs comes later, and no crash or second process loses either.</summary>
public sealed class CaLifeTests : IDisposable
{
    private static readonly TimeSpan Delay = TimeSpan.FromHours(24);
    private static readonly TimeSpan Overlap = TimeSpan.FromDays(7);

    private readonly TemporaryFolder _state = new();
    private readonly ManualTime _time = new();
    private readonly InterceptionCaStore _store;
    private readonly CaLife _life;

    public CaLifeTests()
    {
        _store = new InterceptionCaStore(_state.Path, _time, NullLogger<InterceptionCaStore>.Instance);
        _life = new CaLife(_state.Path, _time, _store);
    }

    public void Dispose() => _state.Dispose();

    [Fact]
    public void Create_Twice_TheFirstStays()
    {
        _life.Create();
        string before = Signing();
        Assert.Contains("it stays as it is", Assert.Throws<InterceptionCaException>(_life.Create).Message, StringComparison.Ordinal);
        Assert.Equal(before, Signing());
    }

    [Fact]
    public void Rotate_StepByStep_TrustsBeforeItSignsAndAfter()
    {
        _life.Create();
        string first = Signing();
        _life.Rotate(Delay, Overlap, import: null);
        Assert.Equal((first, 2), (Signing(), Trusted().Length));
        string next = Describe().Single(one => one.Role == "next").Sha256;

        _time.Advance(Delay - TimeSpan.FromSeconds(1));
        Assert.False(_life.Advance());
        Assert.Equal(first, Signing());
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(_life.Advance());
        Assert.False(_life.Advance());
        Assert.Equal(["signing", "previous"], Describe().Select(one => one.Role));
        Assert.Equal(next, Describe()[0].Sha256);
        Assert.Contains(first, Trusted());

        _time.Advance(Overlap - TimeSpan.FromSeconds(1));
        Assert.False(_life.Advance());
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(_life.Advance());
        Assert.Equal(["signing"], Describe().Select(one => one.Role));
        Assert.DoesNotContain(first, Trusted());
        Assert.Null(_life.Describe()!.Plan);
        Assert.Equal(["ca.crt", "ca.key"], Directory.GetFiles(_state.Combine("pki")).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void Rotate_WhileOneIsPlanned_MovesTheDateAndKeepsTheCa()
    {
        _life.Create();
        _life.Rotate(Delay, Overlap, import: null);
        string next = Describe().Single(one => one.Role == "next").Sha256;
        _life.Rotate(TimeSpan.Zero, Overlap, import: null);
        Assert.True(_life.Advance());
        Assert.Equal(next, Describe()[0].Sha256);
    }

    [Fact]
    public void Rotate_BeforeTheLastEnded_IsRefused()
    {
        _life.Create();
        _life.Rotate(TimeSpan.Zero, Overlap, import: null);
        _life.Advance();
        Assert.Contains("cagent ca retire", Assert.Throws<InterceptionCaException>(() => _life.Rotate(Delay, Overlap, import: null)).Message, StringComparison.Ordinal);
        _life.Retire();
        _life.Rotate(Delay, Overlap, import: null);
    }

    [Fact]
    public void Rotate_ToAnImportedIntermediate_TakesItsChainAlong()
    {
        _life.Create();
        AuthorityShape shape = new() { Now = _time.GetUtcNow() };
        using Authority root = Authority.Create("Corp root", shape: shape);
        using Authority issuing = Authority.Create("Corp agents", root, shape);
        string key = _state.Write("key.pem", issuing.KeyPem);
        File.SetUnixFileMode(key, (UnixFileMode)0b110_000_000);
        using CaImport import = CaImport.Read(_state.Write("cert.pem", issuing.Pem), key, _state.Write("chain.pem", root.Pem), _time.GetUtcNow());
        _life.Rotate(TimeSpan.Zero, Overlap, import);
        Assert.Throws<InterceptionCaException>(() => _life.Rotate(Delay, Overlap, import));
        Assert.True(_life.Advance());
        using InterceptionCa ca = _store.OpenOrCreate();
        Assert.Equal("CN=Corp agents", ca.Certificate.Subject);
        Leaf leaf = new LeafIssuer(ca, new LeafOptions(), _time).TryIssue(Pki.Host("api.good.test"))!;
        Assert.Equal("", Pki.Verify(leaf.ChainPem, [root.Certificate], _time.GetUtcNow()));
        Assert.Equal(3, ca.Trusted.Length);
    }

    [Fact]
    public void Retire_Next_LeavesTheOneThatSigns()
    {
        _life.Create();
        string first = Signing();
        _life.Rotate(Delay, Overlap, import: null);
        _life.DropNext();
        _time.Advance(Delay + Overlap);
        Assert.False(_life.Advance());
        Assert.Equal([first], Trusted());
        Assert.Throws<InterceptionCaException>(_life.DropNext);
        Assert.Throws<InterceptionCaException>(_life.Retire);
    }

    [Fact]
    public void Open_StepsFellDueWhileNothingRan_AreDone()
    {
        _life.Create();
        string first = Signing();
        _life.Rotate(Delay, Overlap, import: null);
        _time.Advance(Delay + Overlap + Overlap);
        using InterceptionCa ca = _life.Open();
        // The overlap begins when the new one signs, not when it should have: agents have seen nothing of it before.
        Assert.Equal(["signing", "previous"], Describe().Select(one => one.Role));
        Assert.NotEqual(first, Signing());
    }

    /// <summary>A crash between any two changes of a promotion: the next start has a pair that works, and both CAs are trusted.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Open_PromotionWasCutShort_LosesNothing(int steps)
    {
        _life.Create();
        string first = Signing();
        _life.Rotate(TimeSpan.Zero, Overlap, import: null);
        string next = Describe().Single(one => one.Role == "next").Sha256;
        Action[] promotion =
        [
            () => File.Copy(_state.Combine("pki/ca.crt"), _state.Combine("pki/ca-previous.crt")),
            () => File.Move(_state.Combine("pki/ca-next.key"), _state.Combine("pki/ca.key"), overwrite: true),
        ];
        Array.ForEach(promotion[..steps], step => step());
        using InterceptionCa ca = _life.Open();
        Assert.Equal(next, Describe()[0].Sha256);
        Assert.Equal(new HashSet<string> { first, next }, [.. Trusted()]);
        Assert.False(_life.Advance());
    }

    [Fact]
    public void AnyStep_WhileAnotherProcessDoesOne_IsRefusedOrLeftToIt()
    {
        _life.Create();
        _life.Rotate(TimeSpan.Zero, Overlap, import: null);
        using (new FileStream(_state.Combine("pki.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None))
        {
            Assert.Contains("try again", Assert.Throws<InterceptionCaException>(_life.DropNext).Message, StringComparison.Ordinal);
            Assert.False(_life.Advance());
        }
        Assert.True(_life.Advance());
    }

    [Fact]
    public void Follower_Rotation_WritesTheBundleThenSignsAndRenewsEveryLeaf()
    {
        _life.Create();
        using Following run = new(_state, _time, _store, _life);
        Leaf before = run.Leaf();
        _life.Rotate(Delay, Overlap, import: null);
        run.Tick();
        Assert.Same(before, run.Leaf());
        Assert.Equal(2, run.Bundle().Length);

        X509Certificate2[] trustOfAgents = run.Bundle();
        _time.Advance(Delay);
        run.Tick();
        Leaf after = run.Leaf();
        Assert.NotEqual(before.Serial, after.Serial);
        Assert.Equal("", Pki.Verify(after.ChainPem, trustOfAgents, _time.GetUtcNow()));
        Assert.Equal("", Pki.Verify(before.ChainPem, run.Bundle(), _time.GetUtcNow()));
        Assert.Equal(["api.good.test"], run.Renewed);

        _time.Advance(Overlap);
        run.Tick();
        Assert.Single(run.Bundle());
    }

    [Fact]
    public void Follower_FolderThatCannotBeUsed_KeepsTheCaAndTellsOnce()
    {
        _life.Create();
        using Following run = new(_state, _time, _store, _life);
        Leaf before = run.Leaf();
        string good = File.ReadAllText(_state.Combine("pki/ca.key"));
        File.WriteAllText(_state.Combine("pki/ca.key"), "damaged");
        run.Tick();
        run.Tick();
        Assert.Equal(1, run.Log.CountOf(1416));
        Assert.Same(before, run.Leaf());
        File.WriteAllText(_state.Combine("pki/ca.key"), good);
        _life.Rotate(TimeSpan.Zero, Overlap, import: null);
        run.Tick();
        Assert.NotEqual(before.Serial, run.Leaf().Serial);
    }

    [Fact]
    public void Follower_CaWasDeleted_MakesNoOther()
    {
        _life.Create();
        using Following run = new(_state, _time, _store, _life);
        Leaf before = run.Leaf();
        File.Delete(_state.Combine("pki/ca.crt"));
        File.Delete(_state.Combine("pki/ca.key"));
        run.Tick();
        run.Tick();
        run.Tick();
        Assert.Equal(1, run.Log.CountOf(1416));
        Assert.Empty(Directory.GetFiles(_state.Combine("pki")));
        Assert.Same(before, run.Leaf());
    }

    private string Signing() => Describe()[0].Sha256;

    private ImmutableArray<CaDescription> Describe() => _life.Describe()!.Authorities;

    private string[] Trusted()
    {
        using InterceptionCa ca = _store.OpenOrCreate();
        return [.. ca.Trusted.Select(one => string.Join(':', Convert.ToHexString(one.GetCertHash(System.Security.Cryptography.HashAlgorithmName.SHA256)).Chunk(2).Select(pair => new string(pair))))];
    }

    /// <summary>What a running Cagent has of the CA.</summary>
    private sealed class Following : IDisposable
    {
        private readonly LeafCache _leaves;
        private readonly CaFollower _follower;
        private readonly ManualTime _time;
        private readonly CaBundle _bundle;

        public Following(TemporaryFolder state, ManualTime time, InterceptionCaStore store, CaLife life)
        {
            _time = time;
            InterceptionCa ca = store.OpenOrCreate();
            LeafIssuer issuer = new(ca, new LeafOptions(), time);
            _leaves = new LeafCache(issuer, new LeafOptions(), time, NullLogger<LeafCache>.Instance);
            _leaves.UseScope(new InterceptionScope(_ => true));
            _leaves.Renewed += names => Renewed = [.. names.Select(name => name.Value)];
            _bundle = new CaBundle(state.Path, NullLogger<CaBundle>.Instance);
            _follower = new CaFollower(state.Path, ca, life, store, _bundle, issuer, _leaves, time, Log);
            _follower.StartAsync(default);
            Tick();
        }

        public RecordingLogger<CaFollower> Log { get; } = new();

        public string[] Renewed { get; private set; } = [];

        public Leaf Leaf() => _leaves.Get("api.good.test").Leaf!;

        public X509Certificate2[] Bundle() => Pki.Certificates(File.ReadAllText(_bundle.OwnPath));

        public void Tick() => _time.Advance(TimeSpan.FromSeconds(1));

        public void Dispose()
        {
            _follower.Dispose();
            _leaves.Dispose();
        }
    }
}
