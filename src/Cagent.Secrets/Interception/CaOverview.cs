// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace Cagent.Secrets.Interception;

/// <summary>The CAs of a state folder: the one that signs first, then the next and the previous one, where there are.</summary>
/// <param name="Authorities">At least the one that signs.</param>
/// <param name="Plan">When the steps of a rotation come; null when none is planned.</param>
public sealed record CaOverview(ImmutableArray<CaDescription> Authorities, CaSchedule? Plan);
