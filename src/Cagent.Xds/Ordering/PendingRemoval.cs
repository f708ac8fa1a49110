// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Xds.Ordering;

/// <summary>A resource that is gone from the snapshot and still at the client.</summary>
/// <param name="Sequence">The publication in which it went.</param>
/// <param name="Since">When the stream saw that.</param>
/// <param name="Due">When it may be removed; null until the client accepted whatever stops referring to it.</param>
internal readonly record struct PendingRemoval(long Sequence, TimeSpan Since, TimeSpan? Due);
