// SPDX-License-Identifier: Apache-2.0
using Cagent.ControlPlane.Credentials;
using Cagent.Secrets.Credentials;
using Cagent.TestKit.Files;
using Cagent.TestKit.Logging;
using Cagent.TestKit.Time;
using Cagent.TestKit.Waiting;

namespace Cagent.Secrets.Tests.Credentials;

/// <summary>Every way in which a file is replaced in practice, once with the system's change events alone and once with the poll alone.</summary>
public sealed class CredentialFollowingTests : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ManualTime _time = new();
    private readonly RecordingLogger<CredentialStore> _log = new();
    private CredentialStore? _store;
    private bool _isPolled;

    public async ValueTask DisposeAsync()
    {
        if (_store is not null)
        {
            await _store.DisposeAsync();
        }
        _folder.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RenameOver_NewContent_IsRead(bool isPolled)
    {
        Follow(isPolled, _folder.Write("token", "one"));
        for (int i = 0; i < 5; i++)
        {
            File.Move(_folder.Write("token.tmp", $"value{i}"), _folder.Combine("token"), overwrite: true);
            await BecomesAsync($"value{i}");
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task WriteInPlace_SameLength_IsRead(bool isPolled)
    {
        Follow(isPolled, _folder.Write("token", "one"));
        File.WriteAllText(_folder.Combine("token"), "two");
        await BecomesAsync("two");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task DeleteAndRecreate_InBetween_IsUnavailable(bool isPolled)
    {
        Follow(isPolled, _folder.Write("token", "one"));
        File.Delete(_folder.Combine("token"));
        await BecomesAsync(null);
        Assert.Equal($"file {_folder.Combine("token")} does not exist", _store!.Read("k").Problem);
        _folder.Write("token", "two");
        await BecomesAsync("two");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task EditorSave_BackupThenNewFile_IsRead(bool isPolled)
    {
        Follow(isPolled, _folder.Write("token", "one"));
        File.Move(_folder.Combine("token"), _folder.Combine("token~"));
        _folder.Write("token", "two");
        await BecomesAsync("two");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task KubernetesSwap_OfTheDataLink_IsRead(bool isPolled)
    {
        _folder.Write("mount/..2026_01/token", "one");
        File.CreateSymbolicLink(_folder.Combine("mount/..data"), "..2026_01");
        File.CreateSymbolicLink(_folder.Combine("mount/token"), "..data/token");
        Follow(isPolled, _folder.Combine("mount/token"));
        Assert.Equal("one", _store!.Read("k").Value?.Reveal());
        for (int i = 2; i < 6; i++)
        {
            _folder.Write($"mount/..2026_0{i}/token", $"value{i}");
            _folder.SwapLink("mount/..data", $"..2026_0{i}");
            Directory.Delete(_folder.Combine($"mount/..2026_0{i - 1}"), recursive: true);
            await BecomesAsync($"value{i}");
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task LinkToAnotherFolder_TargetReplaced_IsRead(bool isPolled)
    {
        _folder.Write("real/v1/token", "one");
        Directory.CreateDirectory(_folder.Combine("run"));
        File.CreateSymbolicLink(_folder.Combine("real/current"), "v1");
        File.CreateSymbolicLink(_folder.Combine("run/token"), "../real/current/token");
        Follow(isPolled, _folder.Combine("run/token"));
        Assert.Equal("one", _store!.Read("k").Value?.Reveal());
        File.Move(_folder.Write("real/v1/new", "two"), _folder.Combine("real/v1/token"), overwrite: true);
        await BecomesAsync("two");
        _folder.Write("real/v2/token", "three");
        _folder.SwapLink("real/current", "v2");
        await BecomesAsync("three");
        File.Delete(_folder.Combine("real/v2/token"));
        await BecomesAsync(null);
    }

    [Fact]
    public async Task WholeFolder_GoneAndBack_IsFoundByThePoll()
    {
        Follow(isPolled: true, _folder.Write("run/token", "one"));
        Directory.Delete(_folder.Combine("run"), recursive: true);
        await BecomesAsync(null);
        _folder.Write("run/token", "two");
        await BecomesAsync("two");
    }

    [Fact]
    public async Task Changed_Raised_ReadAnswersWithTheNewValue()
    {
        string path = _folder.Write("token", "one");
        Follow(isPolled: false, path);
        TaskCompletionSource<string?> seen = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _store!.Changed += names => seen.TrySetResult(names is ["k"] ? _store.Read("k").Value?.Reveal() : "other names");
        File.Move(_folder.Write("next", "two"), path, overwrite: true);
        Assert.Equal("two", await seen.Task.WaitAsync(TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task Changed_HandlerThrows_FilesAreStillFollowed()
    {
        string path = _folder.Write("token", "one");
        Follow(isPolled: false, path);
        _store!.Changed += _ => throw new InvalidOperationException("handler");
        File.Move(_folder.Write("next", "two"), path, overwrite: true);
        await BecomesAsync("two");
        await Eventually.TrueAsync(() => _log.CountOf(1405) == 1, "the failure is logged");
        File.Move(_folder.Write("next", "three"), path, overwrite: true);
        await BecomesAsync("three");
    }

    private void Follow(bool isPolled, string path)
    {
        _isPolled = isPolled;
        _store = new CredentialStore(new CredentialStoreOptions { WatchFolders = !isPolled }, _time, _log);
        _store.Configure([new FileCredentialDefinition("k", path)]);
    }

    private Task BecomesAsync(string? value) => Eventually.TrueAsync(
        () =>
        {
            if (_isPolled)
            {
                _time.Advance(TimeSpan.FromMilliseconds(500));
            }
            return _store!.Read("k").Value?.Reveal() == value;
        },
        $"the credential is {value ?? "unavailable"}");
}
