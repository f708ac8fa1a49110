// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Cagent.Domains;
using Microsoft.Extensions.Logging;

namespace Cagent.Secrets.Interception;

/// <summary>
/// The leaves of the names that the policy in force intercepts: minted when first asked for, once however many ask, renewed at two
/// thirds of their life, dropped when the policy, the capacity or idleness says so. Thread safe.
/// </summary>
public sealed partial class LeafCache : IDisposable
{
    private readonly LeafIssuer _issuer;
    private readonly LeafOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<LeafCache> _logger;
    private readonly ITimer _timer;

    // _entries, _order and _scope change together under _gate; nothing is minted and no event is raised under it.
    private readonly Lock _gate = new();
    private readonly Dictionary<HostName, LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _order = new();
    private InterceptionScope _scope = InterceptionScope.None;

    /// <summary>A cache that refuses every name until <see cref="UseScope"/>. Options are read once.</summary>
    public LeafCache(LeafIssuer issuer, LeafOptions options, TimeProvider time, ILogger<LeafCache> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        options.ThrowIfInvalid();
        _issuer = issuer;
        _options = options;
        _time = time;
        _logger = logger;
        _timer = time.CreateTimer(_ => Check(), null, options.RealCheckInterval, options.RealCheckInterval);
    }

    /// <summary>
    /// Raised with names whose leaf was replaced; <see cref="TryFind"/> has the new one. Handlers run on any thread and must not block.
    /// </summary>
    public event Action<ImmutableArray<HostName>>? Renewed;

    /// <summary>
    /// Raised with names whose leaf is gone: no longer intercepted, idle, or pushed out. Envoy has to drop them; it asks again at
    /// the next handshake. Do not answer this event with <see cref="Get"/>, which would mint them again: <see cref="TryFind"/> looks only.
    /// </summary>
    public event Action<ImmutableArray<HostName>>? Removed;

    /// <summary>How many leaves are held.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _entries.Count;
            }
        }
    }

    /// <summary>The leaf for the SNI of a handshake, minted if need be.</summary>
    public LeafAnswer Get(string? sni)
    {
        if (!SniName.TryParse(sni, out HostName? name, out LeafRefusal refusal))
        {
            return Refuse(refusal);
        }
        Lazy<Leaf?> mint;
        bool isReplacement;
        ImmutableArray<HostName> evicted = [];
        lock (_gate)
        {
            if (!_scope.Includes(name))
            {
                return Refuse(LeafRefusal.NotIntercepted);
            }
            Entry entry = Touch(name, ref evicted, out isReplacement);
            mint = entry.Leaf;
        }
        RaiseRemoved(evicted, "capacity");
        if (mint.Value is not { } leaf)
        {
            Forget(name, mint);
            return Refuse(LeafRefusal.IssuerFailed);
        }
        if (isReplacement)
        {
            RaiseRenewed([name]);
        }
        return LeafAnswer.Of(leaf);
    }

    /// <summary>The leaf that is held for a name; never mints.</summary>
    public bool TryFind(HostName name, [NotNullWhen(true)] out Leaf? leaf)
    {
        lock (_gate)
        {
            leaf = _entries.TryGetValue(name, out LinkedListNode<Entry>? node) ? node.Value.Held : null;
        }
        return leaf is not null;
    }

    /// <summary>Puts another policy's names in force; leaves of names that it does not intercept are dropped.</summary>
    public void UseScope(InterceptionScope scope)
    {
        ArgumentNullException.ThrowIfNull(scope);
        ImmutableArray<HostName> removed;
        lock (_gate)
        {
            _scope = scope;
            removed = [.. _entries.Keys.Where(name => !scope.Includes(name))];
            Remove(removed);
        }
        RaiseRemoved(removed, "policy");
    }

    /// <summary>Stops renewing.</summary>
    public void Dispose() => _timer.Dispose();

    private Entry Touch(HostName name, ref ImmutableArray<HostName> evicted, out bool isReplacement)
    {
        DateTimeOffset now = _time.GetUtcNow();
        isReplacement = false;
        if (_entries.TryGetValue(name, out LinkedListNode<Entry>? node))
        {
            Entry known = node.Value;
            known.AskedAt = now;
            _order.Remove(node);
            _order.AddFirst(node);
            if (known.Held is { } leaf && leaf.NotAfter <= now)
            {
                // The timer did not run in time: the machine slept, or the clock was set.
                known.Leaf = Mint(name);
                isReplacement = true;
            }
            return known;
        }
        if (_entries.Count >= _options.Capacity)
        {
            evicted = [_order.Last!.Value.Name];
            Remove(evicted);
        }
        Entry entry = new(name, now, Mint(name));
        _entries.Add(name, _order.AddFirst(entry));
        return entry;
    }

    // Lazy is the single flight: the first caller mints, outside the lock, and all others wait for that one leaf.
    private Lazy<Leaf?> Mint(HostName name) => new(() => TryIssue(name), LazyThreadSafetyMode.ExecutionAndPublication);

    private Leaf? TryIssue(HostName name)
    {
        try
        {
            if (_issuer.TryIssue(name) is { } leaf)
            {
                SecretsLog.LeafMinted(_logger, name.Value, leaf.NotAfter);
                return leaf;
            }
            SecretsLog.LeafNotMinted(_logger, name.Value);
        }
        catch (CryptographicException e)
        {
            SecretsLog.MintingFailed(_logger, e);
        }
        return null;
    }

    // A failure is not remembered: the next handshake tries again.
    private void Forget(HostName name, Lazy<Leaf?> failed)
    {
        bool isGone = false;
        lock (_gate)
        {
            if (_entries.TryGetValue(name, out LinkedListNode<Entry>? node) && node.Value.Leaf == failed)
            {
                Remove([name]);
                isGone = true;
            }
        }
        if (isGone)
        {
            RaiseRemoved([name], "failure");
        }
    }

    private void Remove(ImmutableArray<HostName> names)
    {
        foreach (HostName name in names)
        {
            if (_entries.Remove(name, out LinkedListNode<Entry>? node))
            {
                _order.Remove(node);
            }
        }
    }

    private LeafAnswer Refuse(LeafRefusal refusal)
    {
        SecretsLog.LeafRefused(_logger, refusal);
        return LeafAnswer.Refused(refusal);
    }

    private void RaiseRenewed(ImmutableArray<HostName> names)
    {
        if (names.Length > 0)
        {
            SecretsLog.LeavesRenewed(_logger, names.Length);
            Renewed?.Invoke(names);
        }
    }

    private void RaiseRemoved(ImmutableArray<HostName> names, string cause)
    {
        if (names.Length > 0)
        {
            SecretsLog.LeavesRemoved(_logger, names.Length, cause);
            Removed?.Invoke(names);
        }
    }

    private sealed class Entry(HostName name, DateTimeOffset askedAt, Lazy<Leaf?> leaf)
    {
        public HostName Name { get; } = name;

        public DateTimeOffset AskedAt { get; set; } = askedAt;

        public Lazy<Leaf?> Leaf { get; set; } = leaf;

        // Null while it is being minted.
        public Leaf? Held => Leaf.IsValueCreated ? Leaf.Value : null;
    }
}
