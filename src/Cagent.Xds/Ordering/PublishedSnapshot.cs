// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Resources;

namespace Cagent.Xds.Ordering;

/// <summary>A snapshot with its place in the order of publication, which its revision does not tell.</summary>
/// <param name="Sequence">1 for the first, then one more each time.</param>
/// <param name="Snapshot">The content.</param>
/// <param name="PublishedAt">The time provider's timestamp of the publication.</param>
internal sealed record PublishedSnapshot(long Sequence, XdsSnapshot Snapshot, long PublishedAt);
