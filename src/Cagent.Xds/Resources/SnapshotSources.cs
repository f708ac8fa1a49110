// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace Cagent.Xds.Resources;

/// <summary>
/// Puts the snapshots of several named sources together into one: a compiled policy, a service registry, a file. Thread safe.
/// </summary>
/// <remarks>
/// The sources and their precedence are fixed: of two resources with one type and name, that of the source named first counts,
/// and the other is reported as a conflict. Nothing is composed before every source gave its first snapshot, since half a
/// state would delete the other half at clients that have it; a source that has nothing says so by an empty snapshot.
/// </remarks>
public sealed class SnapshotSources
{
    private readonly ImmutableArray<string> _names;
    private readonly Lock _lock = new();
    private readonly XdsSnapshot?[] _snapshots;
    private readonly Action<XdsSnapshot> _publish;

    /// <param name="names">The sources, the most important first.</param>
    /// <param name="publish">Gets each composed snapshot, in order and one at a time: <c>xds.Publish</c>. It may not come back here.</param>
    /// <exception cref="ArgumentException">There is no name, or one occurs twice.</exception>
    public SnapshotSources(IEnumerable<string> names, Action<XdsSnapshot> publish)
    {
        ArgumentNullException.ThrowIfNull(names);
        ArgumentNullException.ThrowIfNull(publish);
        _names = [.. names];
        _publish = publish;
        _snapshots = new XdsSnapshot?[_names.Length];
        if (_names.IsEmpty || _names.Distinct(StringComparer.Ordinal).Count() != _names.Length)
        {
            throw new ArgumentException("sources need a name each, and no two the same", nameof(names));
        }
    }

    /// <summary>
    /// Replaces what a source says, and publishes. The revision is those of the sources in their order, joined by <c>+</c>.
    /// </summary>
    /// <returns>The revision, and the resources of less important sources that lost; null while a source is missing.</returns>
    /// <exception cref="ArgumentException">There is no such source.</exception>
    public ComposedRevision? Set(string name, XdsSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        int index = _names.IndexOf(name, StringComparer.Ordinal);
        if (index < 0)
        {
            throw new ArgumentException($"there is no source {name}", nameof(name));
        }

        lock (_lock)
        {
            _snapshots[index] = snapshot;
            XdsSnapshot[] all = [.. _snapshots.OfType<XdsSnapshot>()];
            if (all.Length < _snapshots.Length)
            {
                return null;
            }

            string revision = string.Join('+', all.Select(one => one.Revision));
            XdsSnapshot composed = XdsSnapshot.Compose(revision, all, out ImmutableArray<XdsResource> hidden);
            _publish(composed);
            return new ComposedRevision(revision, hidden);
        }
    }
}
