// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace Cagent.EndToEnd.Tests.Pushes;

/// <summary>Which policy was written when, and when it was seen to be effective. One writer; read when it is over.</summary>
internal sealed class PushHistory
{
    private readonly List<Push> _pushes = [];
    private int _count;

    public int Count => Volatile.Read(ref _count);

    /// <summary>Before the file is written.</summary>
    public void Written(PushedPolicy policy)
    {
        _pushes.Add(new Push(policy, TimeProvider.System.GetTimestamp()));
        Volatile.Write(ref _count, _pushes.Count);
    }

    /// <summary>After the newest is known to be in force everywhere, and what it takes away to have ended.</summary>
    public void Effective() => _pushes[^1] = _pushes[^1] with { EffectiveAt = TimeProvider.System.GetTimestamp() };

    /// <summary>From the last that was effective before the first moment to the last that was written before the second.</summary>
    public ImmutableArray<(int Number, PushedPolicy Policy)> Between(long began, long ended)
    {
        int first = _pushes.FindLastIndex(push => push.EffectiveAt < began);
        int last = _pushes.FindLastIndex(push => push.WrittenAt <= ended);
        return [.. Enumerable.Range(first, last - first + 1).Select(i => (i, _pushes[i].Policy))];
    }

    /// <summary>The newest policy before a number that explains what arrived, and when it was replaced; for a message.</summary>
    public string OlderThat(int number, Func<PushedPolicy, bool> explains, long began)
    {
        int older = _pushes.FindLastIndex(number - 1, push => explains(push.Policy));
        return older < 0 ? "no older policy explains it" : $"policy {older} explains it, replaced {Ms(began - _pushes[older + 1].WrittenAt)} ms before it began; policy {number} effective {Ms(began - _pushes[number].EffectiveAt)} ms before it began";
    }

    private static long Ms(long ticks) => ticks * 1000 / TimeProvider.System.TimestampFrequency;

    /// <summary>How long those that were waited for took, in milliseconds from before the write to effective, in order of length.</summary>
    public ImmutableArray<long> Waits =>
        [.. _pushes.Skip(1).Where(push => push.EffectiveAt < long.MaxValue).Select(push => (push.EffectiveAt - push.WrittenAt) * 1000 / TimeProvider.System.TimestampFrequency).Order()];

    private sealed record Push(PushedPolicy Policy, long WrittenAt)
    {
        public long EffectiveAt { get; init; } = long.MaxValue;
    }
}
