// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Threading.Channels;
using Cagent.ControlPlane.Credentials;
using Cagent.ControlPlane.Unix;
using Cagent.Secrets.Credentials.Fetching;
using Microsoft.Extensions.Logging;

namespace Cagent.Secrets.Credentials;

/// <summary>
/// The credentials of the policy in force. Environment variables are read on every <see cref="Configure"/>; files also whenever they change,
/// at the latest after <see cref="CredentialStoreOptions.PollInterval"/>. A file that goes, or holds nothing usable, is unavailable at once:
/// an old value is never kept. Replace a file by renaming a new one over it; a file written in place can be read half. What servers and
/// programs give is fetched in the background, from the first policy that names it to the last. Thread safe; reading takes no lock.
/// </summary>
public sealed class CredentialStore : ICredentialStore, ICredentialHealth, IAsyncDisposable
{
    private readonly ILogger<CredentialStore> _logger;
    private readonly TimeProvider _time;
    private readonly CredentialFetching? _fetching;
    private readonly Lock _gate = new();
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private readonly ITimer _poll;
    private readonly DirectoryNotifications? _watch;
    private readonly Task _loop;

    // What a policy no longer names, still ending. Each ends by itself: fetches are bounded in time.
    private readonly ConcurrentDictionary<Task, bool> _ending = [];

    // A watch names an inode: after a notification it may be the wrong one. Set by any thread.
    private bool _isStale;

    // Written under _gate, read without it.
    private volatile FrozenDictionary<string, Held> _held = FrozenDictionary<string, Held>.Empty;

    /// <summary>Starts following files; there are none until <see cref="Configure"/>. Nothing is fetched: such credentials are unavailable.</summary>
    public CredentialStore(CredentialStoreOptions options, TimeProvider time, ILogger<CredentialStore> logger)
        : this(options, time, logger, null)
    {
    }

    /// <summary>The same, and fetches.</summary>
    internal CredentialStore(CredentialStoreOptions options, TimeProvider time, ILogger<CredentialStore> logger, CredentialFetching? fetching)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.PollInterval, TimeSpan.Zero);
        _logger = logger;
        _time = time;
        _fetching = fetching;
        fetching?.Metrics.Watch(this);
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
    public event Action? HealthChanged;

    /// <inheritdoc/>
    public ImmutableArray<CredentialHealth> Health => [.. _held.Values.Select(held => held.Health).OrderBy(health => health.Name, StringComparer.Ordinal)];

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
        _held.TryGetValue(name, out Held? held) ? held.Current : CredentialReading.Unavailable($"no credential is named {name}");

    /// <summary>Stops following files and fetching; what does not end by itself stays readable.</summary>
    public async ValueTask DisposeAsync()
    {
        await _poll.DisposeAsync();
        _wake.Writer.TryComplete();
        await _loop;
        lock (_gate)
        {
            _watch?.Dispose();
        }
        await Task.WhenAll(_held.Values.Select(held => held.Fetch).OfType<FetchedCredential>().Select(fetch => fetch.DisposeAsync().AsTask()).Concat(_ending.Keys));
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
            _watch?.Arm(LinkChain.Resolve(definitions.SelectMany(Files).Select(file => file.Path)), renew);
            FrozenDictionary<string, Held> after = definitions.ToFrozenDictionary(
                definition => definition.Name, definition => Next(before.GetValueOrDefault(definition.Name), definition, filesOnly: configured is null), StringComparer.Ordinal);
            _held = after;
            changed = [.. before.Keys.Union(after.Keys).Where(name => IsOther(before.GetValueOrDefault(name), after.GetValueOrDefault(name))).Order(StringComparer.Ordinal)];
            Report(changed, before, after);
            if (configured is not null)
            {
                EndOthers(before, after);
            }
        }
        if (changed.Length > 0)
        {
            Changed?.Invoke(changed);
            HealthChanged?.Invoke();
        }
    }

    private static IEnumerable<FileCredentialDefinition> Files(CredentialDefinition definition) =>
        definition.GetParts().Prepend(definition).Select(part => part.GetOrigin()).OfType<FileCredentialDefinition>();

    private static bool IsOther(Held? before, Held? after) => before?.Fetch != after?.Fetch || before?.Reading != after?.Reading;

    private Held Next(Held? before, CredentialDefinition definition, bool filesOnly)
    {
        if (definition is FetchedCredentialDefinition fetched && _fetching is not null)
        {
            return NextFetched(before, fetched, _fetching);
        }
        if (filesOnly && before is not null && !Files(definition).Any())
        {
            return before;
        }
        CredentialReading now = PlainCredential.Read(definition, out bool isWorldReadable);
        now = (definition is AgentTokenDefinition ? now.Digested() : now) with { Definition = definition };
        if (isWorldReadable && before is not { IsWorldReadable: true })
        {
            SecretsLog.CredentialWorldReadable(_logger, definition.Name);
        }
        // The same reading object tells the rest that nothing changed.
        return before is { Reading: { } reading } && before.Definition == definition && PlainCredential.IsSame(reading, now)
            ? before with { IsWorldReadable = isWorldReadable }
            : new Held(definition, now, isWorldReadable, _time.GetUtcNow(), null);
    }

    private Held NextFetched(Held? before, FetchedCredentialDefinition definition, CredentialFetching fetching)
    {
        if (before?.Fetch is { } fetch && before.Definition == definition)
        {
            fetch.Look();
            return before;
        }
        string name = definition.Name;
        return new Held(definition, null, false, default, new FetchedCredential(definition, fetching, () => Changed?.Invoke([name]), () => HealthChanged?.Invoke()));
    }

    private void EndOthers(FrozenDictionary<string, Held> before, FrozenDictionary<string, Held> after)
    {
        foreach (Held gone in before.Values)
        {
            if (gone.Fetch is { } fetch && after.GetValueOrDefault(gone.Definition.Name)?.Fetch != fetch)
            {
                Task ending = fetch.DisposeAsync().AsTask();
                _ending.TryAdd(ending, true);
                _ = ending.ContinueWith(done => _ending.TryRemove(done, out _), TaskScheduler.Default);
            }
        }
        _fetching?.Retain([.. after.Values.Select(held => held.Definition).OfType<FetchedCredentialDefinition>()]);
    }

    private void Report(ImmutableArray<string> changed, FrozenDictionary<string, Held> before, FrozenDictionary<string, Held> after)
    {
        foreach (string name in changed)
        {
            switch (after.GetValueOrDefault(name))
            {
                case null:
                    SecretsLog.CredentialRemoved(_logger, name);
                    break;
                case { Fetch: not null }:
                    break; // tells by itself, when its source has answered
                case { Reading.Problem: { } problem }:
                    SecretsLog.CredentialUnavailable(_logger, name, problem);
                    break;
                default:
                    SecretsLog.CredentialAvailable(_logger, name, before.ContainsKey(name));
                    break;
            }
        }
    }

    /// <summary>One credential: what was read of it, or who fetches it.</summary>
    private sealed record Held(CredentialDefinition Definition, CredentialReading? Reading, bool IsWorldReadable, DateTimeOffset Since, FetchedCredential? Fetch)
    {
        public CredentialReading Current => Fetch?.Read() ?? Reading!;

        public CredentialHealth Health => Fetch?.Health ?? new CredentialHealth(
            Definition.Name, PlainCredential.SourceOf(Definition), Reading!.Problem is null ? CredentialState.Available : CredentialState.Unavailable)
        {
            LastSuccess = Reading.Problem is null ? Since : null,
            Problem = Reading.Problem,
        };
    }
}
