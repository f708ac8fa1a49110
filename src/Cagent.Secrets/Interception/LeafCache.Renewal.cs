// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Domains;

namespace Cagent.Secrets.Interception;

/// <content>What the timer does: drop idle leaves, renew the others in time.</content>
public sealed partial class LeafCache
{
    private int _isChecking;

    /// <summary>
    /// Mints every leaf anew, for a CA that is another one. The old leaves serve until then, and one that cannot be minted stays.
    /// Some 0.4 ms of work each.
    /// </summary>
    public void RenewAll() => Renew(_ => true);

    private void Check()
    {
        // A pass over thousands of leaves may outlast the interval; the next tick then does nothing.
        if (Interlocked.Exchange(ref _isChecking, 1) == 1)
        {
            return;
        }
        try
        {
            RemoveIdle();
            Renew(IsDue);
        }
        catch (Exception e)
        {
            // Of a handler, most likely. An exception of a timer would end the process; the next tick tries again.
            SecretsLog.MintingFailed(_logger, e);
        }
        finally
        {
            Volatile.Write(ref _isChecking, 0);
        }
    }

    private void RemoveIdle()
    {
        ImmutableArray<HostName> idle;
        lock (_gate)
        {
            DateTimeOffset before = _time.GetUtcNow() - _options.IdleAfter;
            idle = [.. _order.Where(entry => entry.AskedAt <= before).Select(entry => entry.Name)];
            Remove(idle);
        }
        RaiseRemoved(idle, "idle");
    }

    private void Renew(Func<Leaf, bool> isDue)
    {
        ImmutableArray<(HostName Name, Lazy<Leaf?> Old)> due;
        lock (_gate)
        {
            due = [.. _order.Where(entry => entry.Held is { } leaf && isDue(leaf)).Select(entry => (entry.Name, entry.Leaf))];
        }
        RaiseRenewed([.. due.Where(item => TryReplace(item.Name, item.Old)).Select(item => item.Name)]);
    }

    private bool IsDue(Leaf leaf) =>
        _issuer.CanOutlive(leaf) && _time.GetUtcNow() >= leaf.NotBefore + ((leaf.NotAfter - leaf.NotBefore) * 2 / 3);

    private bool TryReplace(HostName name, Lazy<Leaf?> old)
    {
        if (TryIssue(name) is not { } leaf)
        {
            // The old one stays: it is good for another third of its life.
            return false;
        }
        lock (_gate)
        {
            if (!_entries.TryGetValue(name, out LinkedListNode<Entry>? node) || node.Value.Leaf != old)
            {
                return false;
            }
            node.Value.Leaf = new Lazy<Leaf?>(leaf);
            return true;
        }
    }
}
