// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace Cagent.Xds.Resources;

/// <summary>What came of putting sources together.</summary>
/// <param name="Revision">The revision of the published snapshot.</param>
/// <param name="Hidden">Resources whose name a more important source has too: they are not served.</param>
public sealed record ComposedRevision(string Revision, ImmutableArray<XdsResource> Hidden);
