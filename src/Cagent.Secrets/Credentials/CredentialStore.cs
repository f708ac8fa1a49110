// SPDX-License-Identifier: Apache-2.0
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text;
using System.Threading.Channels;
using Cagent.ControlPlane.Credentials;
using Cagent.ControlPlane.Unix;
using Microsoft.Extensions.Logging;

namespace Cagent.Secrets.Credentials;

/// <summary>
/// Credentials from environment variables and files. Environment variables are read on every <see cref="Configure"/>;
/// files also whenever they change, at the latest after <see cref="CredentialStoreOptions.PollInterval"/>.
/// A file that goes, or holds nothing usable, is unavailable at once: an old value is never kept.
/// Replace a file by renaming a new one over it; a file written in place can be read half. Thread safe; reading takes no lock.
/// </summary>
public sealed class CredentialStore : ICredentialStore, IAsyncDisposable
{
    private readonly ILogger<CredentialStore> _logger;
    private readonly Lock _gate = new();
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private readonly ITimer _poll;
    private readonly DirectoryNotifications? _watch;
    private readonly Task _loop;

    // A watch names an inode: after a notification it may be the wrong one. Set by any thread.
    private bool _isStale;

    // Written under _gate, read without it.
    private volatile FrozenDictionary<string, Held> _held = FrozenDictionary<string, Held>.Empty;

    /// <summary>Starts following files; there are none until <see cref="Configure"/>.</summary>
    public CredentialStore(CredentialStoreOptions options, TimeProvider time, ILogger<CredentialStore> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.PollInterval, TimeSpan.Zero);
        _logger = logger;
        _watch = options.WatchFolders ? new DirectoryNotifications(OnNotified, logger) : null;
        _poll = time.CreateTimer(_ => Wake(), null, options.PollInterval, options.PollInterval);
        _loop = Task.Run(FollowAsync);
    }

    /// <summary>
    /// Raised after values came, went or changed, with the names concerned; <see cref="Read"/> already answers with the new ones.
    /// Handlers run on the thread that found the change and must not block.
    /// </summary>
    public event Action<ImmutableArray<string>>? Changed;

    /// <inheritdoc/>
    public void Configure(ImmutableArray<CredentialDefinition> definitions)
    {
        if (definitions.IsDefault)
        {
            throw new ArgumentException("The definitions are not set.", nameof(definitions));
        }
        Replace(definitions);
    }

    /// <inheritdoc/>
    public CredentialReading Read(string name) =>
        _held.TryGetValue(name, out Held? held) ? held.Reading : CredentialReading.Unavailable($"no credential is named {name}");

    /// <summary>Stops following files; the last values stay readable.</summary>
    public async ValueTask DisposeAsync()
    {
        await _poll.DisposeAsync();
        _wake.Writer.TryComplete();
        await _loop;
        lock (_gate)
        {
            _watch?.Dispose();
        }
    }

    private void OnNotified()
    {
        Volatile.Write(ref _isStale, true);
        Wake();
    }

    private void Wake() => _wake.Writer.TryWrite(true);

    private async Task FollowAsync()
    {
        while (await _wake.Reader.WaitToReadAsync())
        {
            _wake.Reader.TryRead(out _);
            try
            {
                Replace(null);
            }
            catch (Exception e)
            {
                // A bug or a handler that threw: the next pass tries again, following files must not end silently.
                SecretsLog.RefreshFailed(_logger, e);
            }
        }
    }

    // Without definitions: the present ones, files only.
    private void Replace(ImmutableArray<CredentialDefinition>? configured)
    {
        ImmutableArray<string> changed;
        lock (_gate)
        {
            FrozenDictionary<string, Held> before = _held;
            ImmutableArray<CredentialDefinition> definitions = configured ?? [.. before.Values.Select(held => held.Definition)];
            // Watched first, then read: a change in between wakes the loop.
            bool renew = Interlocked.Exchange(ref _isStale, false);
            _watch?.Arm(LinkChain.Resolve(definitions.Select(definition => definition.GetOrigin()).OfType<FileCredentialDefinition>().Select(file => file.Path)), renew);
            FrozenDictionary<string, Held> after = definitions.ToFrozenDictionary(
                definition => definition.Name, definition => Next(before.GetValueOrDefault(definition.Name), definition, filesOnly: configured is null), StringComparer.Ordinal);
            _held = after;
            changed = [.. before.Keys.Union(after.Keys).Where(name => before.GetValueOrDefault(name)?.Reading != after.GetValueOrDefault(name)?.Reading).Order(StringComparer.Ordinal)];
            Report(changed, before, after);
        }
        if (changed.Length > 0)
        {
            Changed?.Invoke(changed);
        }
    }

    private Held Next(Held? before, CredentialDefinition definition, bool filesOnly)
    {
        if (filesOnly && before is not null && definition.GetOrigin() is not FileCredentialDefinition)
        {
            return before;
        }
        bool isWorldReadable = false;
        CredentialReading now = definition.GetOrigin() switch
        {
            EnvCredentialDefinition env => ReadVariable(env.Variable),
            FileCredentialDefinition file => CredentialFile.Read(file.Path, out isWorldReadable),
            _ => CredentialReading.Unavailable("this build does not know the credential's source"),
        };
        now = (definition is AgentTokenDefinition ? now.Digested() : now) with { Definition = definition };
        if (isWorldReadable && before is not { IsWorldReadable: true })
        {
            SecretsLog.CredentialWorldReadable(_logger, definition.Name);
        }
        // The same reading object tells the rest that nothing changed.
        bool isSame = before is not null && before.Definition == definition && IsSame(before.Reading, now);
        return new Held(definition, isSame ? before!.Reading : now, isWorldReadable);
    }

    private static CredentialReading ReadVariable(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value
            ? CredentialText.Parse(Encoding.UTF8.GetBytes(value), $"environment variable {variable}")
            : CredentialReading.Unavailable($"environment variable {variable} is not set");

    private static bool IsSame(CredentialReading a, CredentialReading b) =>
        a.Problem == b.Problem && (a.Value is null ? b.Value is null : a.Value.HasValueOf(b.Value))
        && (a.Digest.IsDefault ? b.Digest.IsDefault : !b.Digest.IsDefault && a.Digest.AsSpan().SequenceEqual(b.Digest.AsSpan()));

    private void Report(ImmutableArray<string> changed, FrozenDictionary<string, Held> before, FrozenDictionary<string, Held> after)
    {
        foreach (string name in changed)
        {
            switch (after.GetValueOrDefault(name)?.Reading)
            {
                case null:
                    SecretsLog.CredentialRemoved(_logger, name);
                    break;
                case { Problem: { } problem }:
                    SecretsLog.CredentialUnavailable(_logger, name, problem);
                    break;
                default:
                    SecretsLog.CredentialAvailable(_logger, name, before.ContainsKey(name));
                    break;
            }
        }
    }

    private sealed record Held(CredentialDefinition Definition, CredentialReading Reading, bool IsWorldReadable);
}
