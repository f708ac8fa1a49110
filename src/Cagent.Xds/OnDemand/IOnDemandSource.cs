// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Xds.Nodes;
using Cagent.Xds.Resources;

namespace Cagent.Xds.OnDemand;

/// <summary>
/// Makes resources when a client first asks for them, for names that are in no snapshot. Implementations are thread safe;
/// calls for different names and streams run at the same time.
/// </summary>
public interface IOnDemandSource
{
    /// <summary>
    /// These names have a new version or are gone; an empty array means "ask again for every name". Handlers only signal.
    /// </summary>
    event Action<ImmutableArray<string>>? Changed;

    /// <summary>The type whose names this source makes.</summary>
    string TypeUrl { get; }

    /// <summary>
    /// Whether the source answers for <paramref name="name"/>; cheap, and constant for a name. A name that no source owns
    /// and no snapshot holds does not exist.
    /// </summary>
    bool Owns(string name);

    /// <summary>
    /// Makes or finds the resource. Null means that it does not exist: the client is told at once. An exception or a
    /// timeout counts as "does not exist" for a client that has nothing, and keeps the last good for one that has.
    /// </summary>
    ValueTask<XdsResource?> GetAsync(string name, NodeIdentity node, CancellationToken cancellationToken);
}
