// SPDX-License-Identifier: Apache-2.0
namespace Cagent.TestKit.Waiting;

/// <summary>What a server or process has seen, in order. Full: the oldest entry is dropped. Thread safe.</summary>
public sealed class BoundedLog<T>
{
    private readonly Lock _lock = new();
    private readonly Queue<T> _entries = new();
    private readonly int _capacity;
    private long _total;

    /// <summary>Keeps the newest <paramref name="capacity"/> entries, at least one.</summary>
    public BoundedLog(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        _capacity = capacity;
    }

    /// <summary>Entries ever added, dropped ones included.</summary>
    public long Total => Interlocked.Read(ref _total);

    /// <summary>Appends an entry.</summary>
    public void Add(T entry)
    {
        lock (_lock)
        {
            if (_entries.Count == _capacity)
            {
                _entries.Dequeue();
            }

            _entries.Enqueue(entry);
            Interlocked.Increment(ref _total);
        }
    }

    /// <summary>A copy of what is kept, oldest first.</summary>
    public IReadOnlyList<T> Snapshot()
    {
        lock (_lock)
        {
            return _entries.ToArray();
        }
    }

    /// <summary>The kept entries that were added after the first <paramref name="seen"/>; moves <paramref name="seen"/> to the end.</summary>
    public IReadOnlyList<T> Since(ref long seen)
    {
        lock (_lock)
        {
            long missing = Math.Min(_total - seen, _entries.Count);
            seen = _total;
            return _entries.Skip(_entries.Count - (int)Math.Max(missing, 0)).ToArray();
        }
    }

    /// <summary>Forgets all entries; <see cref="Total"/> stays.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _entries.Clear();
        }
    }
}
