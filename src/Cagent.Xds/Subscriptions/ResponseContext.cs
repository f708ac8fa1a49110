// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Resources;

namespace Cagent.Xds.Subscriptions;

/// <summary>What a response needs beside its content.</summary>
/// <param name="Revision">The snapshot it is made from.</param>
/// <param name="SetVersion">The version of the type's set in that snapshot; set by the subscription.</param>
/// <param name="Now">The stream's age.</param>
/// <param name="MaxBytes">The limit of a part; a single resource above it still goes out, alone.</param>
/// <param name="Nonces">The stream's nonces.</param>
internal readonly record struct ResponseContext(string Revision, string SetVersion, TimeSpan Now, int MaxBytes, NonceSource Nonces)
{
    /// <summary>Whether the client takes a time to live.</summary>
    public bool AllowsTtl { get; init; }

    public bool IsWithTtl(IEnumerable<XdsResource> resources) => AllowsTtl && resources.Any(resource => resource.Ttl is not null);
}
