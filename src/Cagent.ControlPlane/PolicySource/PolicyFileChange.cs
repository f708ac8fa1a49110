// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace Cagent.ControlPlane.PolicySource;

/// <summary>The policy file and its dependencies as they are now; at least one of them differs from the change before.</summary>
/// <param name="Policy">The policy file.</param>
/// <param name="Dependencies">The files set by <see cref="PolicyFileWatcher.SetDependencies"/>, by path.</param>
public sealed record PolicyFileChange(
    PolicyFileReading Policy,
    ImmutableSortedDictionary<string, PolicyFileReading> Dependencies)
{
    internal bool SameContent(PolicyFileChange other) =>
        Policy.Equals(other.Policy)
        && Dependencies.Count == other.Dependencies.Count
        && Dependencies.Values.SequenceEqual(other.Dependencies.Values);
}
