// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Cagent.ControlPlane.PolicySource;
using Cagent.TestKit.Files;
using Cagent.TestKit.Logging;
using Cagent.TestKit.Waiting;

namespace Cagent.ControlPlane.Tests.PolicySource;

/// <summary>Polling is set to an hour, so that every change here is found by notification; the last tests are the other way round.</summary>
public sealed class PolicyFileWatcherTests : IAsyncDisposable, IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly TemporaryFolder _folder = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly PolicyFileWatcherOptions _options = new() { PollInterval = TimeSpan.FromHours(1) };
    private readonly RecordingLogger<PolicyFileWatcher> _logger = new();
    private readonly WaitRecordingTime _time = new();
    private IAsyncEnumerator<PolicyFileChange>? _changes;
    private PolicyFileWatcher? _watcher;
    private Task? _step;

    private string File1 => _folder.Combine("conf/cagent.yaml");

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    public Task InitializeAsync()
    {
        Directory.CreateDirectory(_folder.Combine("conf"));
        return Task.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        if (_changes is not null)
        {
            // A test that ran out of patience has left its step running; an enumerator takes one step at a time.
            await (_step ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await _changes.DisposeAsync();
        }
        _stop.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task WatchAsync_WriteInPlace_GivesTheNewContent()
    {
        await StartAsync("one");
        File.WriteAllText(File1, "two");
        Assert.Equal("two", await NextAsync());
        File.AppendAllText(File1, " three");
        Assert.Equal("two three", await NextAsync());
    }

    [Fact]
    public async Task WatchAsync_RenamedOver_GivesTheNewContentEachTime()
    {
        await StartAsync("0");
        for (int i = 1; i <= 5; i++)
        {
            File.WriteAllText(File1 + ".tmp", $"{i}");
            File.Move(File1 + ".tmp", File1, overwrite: true);
            Assert.Equal($"{i}", await NextAsync());
        }
    }

    [Fact]
    public async Task WatchAsync_EditorKeepsABackup_GivesOnlyTheNewContent()
    {
        await StartAsync("one");
        File.WriteAllText(File1 + ".new", "two");
        File.Move(File1, File1 + "~");
        File.Move(File1 + ".new", File1);
        Assert.Equal("two", await NextAsync());
        File.WriteAllText(File1, "three");
        Assert.Equal("three", await NextAsync());
    }

    [Fact]
    public async Task WatchAsync_DeletedAndRecreated_GivesBothStates()
    {
        await StartAsync("one");
        File.Delete(File1);
        Assert.Equal("the file does not exist", await NextAsync());
        File.WriteAllText(File1, "one");
        Assert.Equal("one", await NextAsync());
    }

    [Fact]
    public async Task WatchAsync_MissingAtTheStart_IsAStateAndThenAppears()
    {
        Directory.Delete(_folder.Combine("conf"));
        Assert.Equal("the file does not exist", await StartAsync(null));
        Directory.CreateDirectory(_folder.Combine("conf"));
        File.WriteAllText(File1, "one");
        Assert.Equal("one", await NextAsync());
    }

    [Fact]
    public async Task WatchAsync_KubernetesSwap_GivesTheNewContentEachTime()
    {
        Generation("..1", "one");
        File.CreateSymbolicLink(_folder.Combine("conf/..data"), "..1");
        File.CreateSymbolicLink(File1, "..data/cagent.yaml");
        Assert.Equal("one", await StartAsync(null));
        for (int i = 2; i <= 4; i++)
        {
            Generation($"..{i}", $"generation {i}");
            _folder.SwapLink("conf/..data", $"..{i}");
            Directory.Delete(_folder.Combine($"conf/..{i - 1}"), recursive: true);
            Assert.Equal($"generation {i}", await NextAsync());
        }
        File.WriteAllText(_folder.Combine("conf/..4/cagent.yaml"), "target edited");
        Assert.Equal("target edited", await NextAsync());
    }

    [Fact]
    public async Task WatchAsync_FolderReplaced_GivesTheNewContent()
    {
        await StartAsync("one");
        Directory.CreateDirectory(_folder.Combine("next"));
        File.WriteAllText(_folder.Combine("next/cagent.yaml"), "two");
        Directory.Move(_folder.Combine("conf"), _folder.Combine("old"));
        Directory.Move(_folder.Combine("next"), _folder.Combine("conf"));
        Assert.Equal("two", await NextAsync());
        File.WriteAllText(File1, "three");
        Assert.Equal("three", await NextAsync());
    }

    [Fact]
    public async Task WatchAsync_SameContentWritten_IsNoChange()
    {
        await StartAsync("one");
        File.WriteAllText(File1, "one");
        File.WriteAllText(File1 + ".tmp", "one");
        File.Move(File1 + ".tmp", File1, overwrite: true);
        _watcher!.Signal();
        Task<string> next = NextAsync();
        File.WriteAllText(File1, "two");
        Assert.Equal("two", await next);
    }

    [Fact]
    public async Task WatchAsync_TruncatedThenWritten_IsNeverSeenEmpty()
    {
        _options.SettleTime = TimeSpan.FromMilliseconds(400);
        await StartAsync("one");
        Task<string> next = NextAsync();
        using (FileStream file = new(File1, FileMode.Truncate, FileAccess.Write, FileShare.ReadWrite))
        {
            // The watcher has seen the empty file when it begins to wait for it to settle.
            await Eventually.TrueAsync(() => _time.Waits.Contains(_options.SettleTime), Patience);
            file.Write("two"u8);
        }
        Assert.Equal("two", await next);
    }

    [Fact]
    public async Task SetDependencies_NewAndChangedFiles_AreReported()
    {
        await StartAsync("one");
        string ca = _folder.Combine("ca.pem");
        File.WriteAllText(ca, "A");
        _watcher!.SetDependencies([ca]);
        Assert.Equal("A", Text((await NextChangeAsync()).Dependencies[ca]));
        File.WriteAllText(ca, "B");
        PolicyFileChange change = await NextChangeAsync();
        Assert.Equal("B", Text(change.Dependencies[ca]));
        Assert.Equal("one", Text(change.Policy));
        _watcher.SetDependencies([]);
        Assert.Empty((await NextChangeAsync()).Dependencies);
    }

    [Fact]
    public async Task WatchAsync_NotificationsThatSayNothing_PollingFindsTheChange()
    {
        // Three levels up is not watched, see LinkChain.
        _options.PollInterval = TimeSpan.FromMilliseconds(20);
        Directory.CreateDirectory(_folder.Combine("top/a/b/c"));
        string deep = _folder.Combine("top/a/b/c/cagent.yaml");
        File.WriteAllText(deep, "one");
        Assert.Equal("one", await StartAsync(null, deep));
        Directory.CreateDirectory(_folder.Combine("new/a/b/c"));
        File.WriteAllText(_folder.Combine("new/a/b/c/cagent.yaml"), "two");
        Directory.Move(_folder.Combine("top"), _folder.Combine("old"));
        Directory.Move(_folder.Combine("new"), _folder.Combine("top"));
        Assert.Equal("two", await NextAsync());
    }

    private void Generation(string name, string content)
    {
        Directory.CreateDirectory(_folder.Combine($"conf/{name}"));
        File.WriteAllText(_folder.Combine($"conf/{name}/cagent.yaml"), content);
    }

    private async Task<string> StartAsync(string? content, string? path = null)
    {
        if (content is not null)
        {
            File.WriteAllText(File1, content);
        }
        _watcher = new PolicyFileWatcher(path ?? File1, _options, _time, _logger);
        _changes = _watcher.WatchAsync(_stop.Token).GetAsyncEnumerator(_stop.Token);
        return await NextAsync();
    }

    private async Task<string> NextAsync() => Text((await NextChangeAsync()).Policy);

    private async Task<PolicyFileChange> NextChangeAsync()
    {
        Task<bool> step = _changes!.MoveNextAsync().AsTask();
        _step = step;
        Assert.True(await step.WaitAsync(Patience));
        return _changes.Current;
    }

    private static string Text(PolicyFileReading reading) => reading.Problem ?? Encoding.UTF8.GetString(reading.Content.AsSpan());

    /// <summary>Real time that tells which waits were begun.</summary>
    private sealed class WaitRecordingTime : TimeProvider
    {
        private readonly BoundedLog<TimeSpan> _waits = new(1000);

        public IReadOnlyList<TimeSpan> Waits => _waits.Snapshot();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _waits.Add(dueTime);
            return base.CreateTimer(callback, state, dueTime, period);
        }
    }
}
