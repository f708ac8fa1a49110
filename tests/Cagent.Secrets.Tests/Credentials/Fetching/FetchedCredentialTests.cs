// SPDX-License-Identifier: Apache-2.0
using Cagent.ControlPlane.Credentials;
using Cagent.Secrets.Credentials;
using Cagent.Secrets.Credentials.Fetching;
using Cagent.TestKit.Files;
using Cagent.TestKit.Logging;
using Cagent.TestKit.Time;
using Cagent.TestKit.Waiting;
using Microsoft.Extensions.DependencyInjection;
using System.Diagnostics.Metrics;

namespace Cagent.Secrets.Tests.Credentials.Fetching;

public sealed class FetchedCredentialTests : IAsyncDisposable
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly ManualTime _time = new();
    private readonly ScriptedSource _source = new();
    private readonly RecordingLogger<CredentialStore> _log = new();
    private readonly RecordingLogger<CredentialFetching> _fetchLog = new();
    private readonly TemporaryFolder _folder = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly CredentialStore _store;

    public FetchedCredentialTests()
    {
        CredentialFetching fetching = new([_source], new CredentialFetchOptions(), _time, new CredentialMetrics(_services.GetRequiredService<IMeterFactory>()), _fetchLog);
        _store = new CredentialStore(new CredentialStoreOptions(), _time, _log, fetching);
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        await _services.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Read_BeforeTheFirstAnswer_IsUnavailableAndConfigureDoesNotWait()
    {
        TaskCompletionSource<FetchOutcome> answer = new();
        _source.Then(_ => answer.Task);
        _store.Configure([new ScriptedDefinition("k", Hour)]);
        Assert.Null(_store.Read("k").Value);
        Assert.Equal(CredentialState.Pending, Health.State);
        answer.SetResult(Value("one"));
        await BecomesAsync("one");
        Assert.Equal(CredentialState.Available, Health.State);
        Assert.Equal(new ScriptedDefinition("k", Hour), _store.Read("k").Definition);
    }

    [Fact]
    public async Task Fetch_BeforeTheValueEnds_AndTheOldOneIsNotUsedAfterIt()
    {
        DateTimeOffset end = _time.GetUtcNow().AddSeconds(100);
        _source.Then(Value("one") with { ExpiresAt = end });
        _source.Then(Value("two") with { ExpiresAt = end.AddSeconds(100) });
        await ConfigureAsync("one");
        await AdvanceAsync(TimeSpan.FromSeconds(69));
        Assert.Equal(1, _source.Asked);
        await AdvanceAsync(TimeSpan.FromSeconds(12)); // 81 %
        await BecomesAsync("two");
    }

    [Fact]
    public async Task Read_AtTheValuesOwnEnd_IsUnavailableEvenIfNothingElseHappened()
    {
        _source.Then(Value("one") with { ExpiresAt = _time.GetUtcNow().AddSeconds(100) });
        _source.Then(async token =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
            return Value("never");
        });
        await ConfigureAsync("one");
        await AdvanceAsync(TimeSpan.FromSeconds(99.9));
        Assert.Equal("one", _store.Read("k").Value?.Reveal());
        await AdvanceAsync(TimeSpan.FromSeconds(0.1));
        Assert.Null(_store.Read("k").Value);
        Assert.Equal(CredentialState.Unavailable, Health.State);
    }

    [Fact]
    public async Task Outage_WithinTheLimit_IsServedAndReportedAsStale_AndNotAfterIt()
    {
        _source.Then(Value("one") with { RefreshIn = TimeSpan.FromMinutes(1) });
        _source.Then(new FetchOutcome.Failed(FetchFailure.Unreachable, "no connection"));
        await ConfigureAsync("one");
        for (int i = 0; i < 35; i++)
        {
            await AdvanceAsync(TimeSpan.FromMinutes(0.1));
        }

        Assert.Equal("one", _store.Read("k").Value?.Reveal());
        Assert.Equal((CredentialState.Stale, "no connection"), (Health.State, Health.Problem));
        Assert.True(Health.Failures > 1);
        await AdvanceAsync(Hour);
        Assert.Null(_store.Read("k").Value);
        Assert.Equal(CredentialState.Unavailable, Health.State);
        Assert.Contains(_fetchLog.Entries, entry => entry.Text.StartsWith("Credential k is unavailable", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Recovery_AfterAnOutage_IsNoticedWithinTheLongestPause()
    {
        _source.Then(new FetchOutcome.Failed(FetchFailure.Unreachable, "no connection"));
        _store.Configure([new ScriptedDefinition("k", Hour)]);
        await Eventually.TrueAsync(() => Health.Failures == 1, "a failure");
        for (int i = 0; i < 100; i++)
        {
            await AdvanceAsync(TimeSpan.FromSeconds(5));
        }

        _source.Then(Value("one"));
        for (int i = 0; i < 6; i++)
        {
            await AdvanceAsync(TimeSpan.FromSeconds(5)); // back-off 15 s at most, and a broken circuit for 10 s
        }

        await BecomesAsync("one");
        Assert.Equal((CredentialState.Available, 0), (Health.State, Health.Failures));
    }

    [Fact]
    public async Task Refusal_ThatWithdraws_EndsTheOldValueAtOnce()
    {
        _source.Then(Value("one") with { RefreshIn = TimeSpan.FromMinutes(1) });
        _source.Then(new FetchOutcome.Failed(FetchFailure.Missing, "the secret is gone") { Withdraws = true });
        await ConfigureAsync("one");
        await AdvanceAsync(TimeSpan.FromMinutes(1));
        await BecomesAsync(null);
        Assert.Equal("the secret is gone", _store.Read("k").Problem);
    }

    [Fact]
    public async Task Timeout_OfAHangingSource_IsAFailure()
    {
        _source.Then(async token =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
            return Value("never");
        });
        _store.Configure([new ScriptedDefinition("k", Hour)]);
        await Eventually.TrueAsync(() => _source.Asked == 1, "asked");
        await AdvanceAsync(TimeSpan.FromSeconds(5));
        await Eventually.TrueAsync(() => Health.Problem == "no answer within 5 s", "timed out");
    }

    [Fact]
    public async Task Circuit_OpensForOneTargetAndNotForAnother()
    {
        _source.Then(new FetchOutcome.Failed(FetchFailure.Unreachable, "no connection"));
        _store.Configure([.. Enumerable.Range(0, 20).Select(i => new ScriptedDefinition($"k{i}", Hour))]);
        await Eventually.TrueAsync(() => _store.Health.Count(health => health.Problem?.Contains("left alone", StringComparison.Ordinal) == true) >= 10, "open");
        Assert.InRange(_source.Asked, 5, 9); // those that were under way when it opened
        _source.Then(Value("one"));
        _store.Configure([new ScriptedDefinition("other", Hour, "two")]);
        await Eventually.TrueAsync(() => _store.Read("other").Value is not null, "the other target");
    }

    [Fact]
    public async Task Fetches_OfOneTarget_AreBounded()
    {
        TaskCompletionSource<FetchOutcome> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _source.Then(_ => answer.Task);
        _store.Configure([.. Enumerable.Range(0, 20).Select(i => new ScriptedDefinition($"k{i}", Hour))]);
        await Eventually.TrueAsync(() => _source.Asked == 4, "four");
        answer.SetResult(Value("one"));
        await Eventually.TrueAsync(() => _store.Health.All(health => health.State == CredentialState.Available), "all");
        Assert.Equal(4, _source.MostRunning);
    }

    [Fact]
    public async Task Configure_SameDefinition_KeepsTheValueAndAsksNobody()
    {
        _source.Then(Value("one"));
        await ConfigureAsync("one");
        _store.Configure([new ScriptedDefinition("k", Hour)]);
        Assert.Equal("one", _store.Read("k").Value?.Reveal());
        Assert.Equal(1, _source.Asked);
    }

    [Fact]
    public async Task Configure_OtherDefinitionOfTheName_NeverAnswersWithTheOldValue()
    {
        _source.Then(Value("one"));
        await ConfigureAsync("one");
        TaskCompletionSource<FetchOutcome> answer = new();
        _source.Then(_ => answer.Task);
        _store.Configure([new ScriptedDefinition("k", Hour, "two")]);
        Assert.Null(_store.Read("k").Value);
        answer.SetResult(Value("two"));
        await BecomesAsync("two");
        Assert.Equal([new ScriptedDefinition("k", Hour, "two")], _source.Retained);
    }

    [Fact]
    public async Task Part_ThatChanges_IsReasonToAskAtOnce()
    {
        FileCredentialDefinition part = new("token", _folder.Write("token", "a"));
        _source.Then(new FetchOutcome.Failed(FetchFailure.Refused, "wrong token"));
        _store.Configure([new ScriptedDefinition("k", Hour, Part: part)]);
        await Eventually.TrueAsync(() => Health.Failures == 1, "refused");
        _source.Then(Value("one"));
        File.WriteAllText(part.Path, "b");
        await BecomesAsync("one"); // the clock stood still: no back-off has passed
    }

    [Fact]
    public async Task Dispose_WhileASourceHangs_Ends()
    {
        _source.Then(async token =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
            return Value("never");
        });
        _store.Configure([new ScriptedDefinition("k", Hour)]);
        await Eventually.TrueAsync(() => _source.Asked == 1, "asked");
        await _store.DisposeAsync().AsTask().WaitAsync(Eventually.Patience, TimeProvider.System);
        await _store.DisposeAsync(); // the container does so
    }

    [Fact]
    public async Task Outputs_OfAValue_ShowNoneOfIt()
    {
        _source.Then(Value("s3cr3t-value"));
        await ConfigureAsync("s3cr3t-value");
        string all = string.Join('\n', _log.Entries.Concat(_fetchLog.Entries).Select(entry => entry.Text)) + Health + _store.Read("k");
        Assert.DoesNotContain("s3cr3t-value", all, StringComparison.Ordinal);
    }

    private CredentialHealth Health => _store.Health.Single();

    private static FetchOutcome.Fetched Value(string text) => new(new Secret(text));

    private async Task ConfigureAsync(string first)
    {
        _store.Configure([new ScriptedDefinition("k", Hour)]);
        await BecomesAsync(first);
    }

    /// <summary>Moves the clock once every loop sleeps: a timer that is made after it would count from too late.</summary>
    private async Task AdvanceAsync(TimeSpan by)
    {
        int seen = -1;
        await Eventually.TrueAsync(
            () =>
            {
                int now = _time.TimersMade + _source.Asked;
                bool isQuiet = now == seen;
                seen = now;
                return isQuiet;
            },
            "quiet");
        _time.Advance(by);
    }

    private Task BecomesAsync(string? value) => Eventually.TrueAsync(() => _store.Read("k").Value?.Reveal() == value && Health.State != CredentialState.Pending, $"value {value}");
}
