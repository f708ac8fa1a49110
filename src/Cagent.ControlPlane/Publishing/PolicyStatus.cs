// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.ControlPlane.Revisions;
using Cagent.Xds.Nodes;

namespace Cagent.ControlPlane.Publishing;

/// <summary>The policy as an operator wants to see it. Immutable.</summary>
/// <param name="State">What has become of the file as it is now.</param>
/// <param name="PolicyFile">The file.</param>
/// <param name="Revision">The revision in force; null before the first.</param>
/// <param name="Refused">The revision of the file as it is now, when an Envoy refused it.</param>
/// <param name="Diagnostics">What the last reading of the file found, a line each.</param>
/// <param name="Nacks">The last refusals, newest last, at most 16.</param>
/// <param name="Since">When this state began.</param>
public sealed record PolicyStatus(
    PolicyState State,
    string PolicyFile,
    RevisionId? Revision,
    RevisionId? Refused,
    ImmutableArray<string> Diagnostics,
    ImmutableArray<NackReport> Nacks,
    DateTimeOffset Since);
