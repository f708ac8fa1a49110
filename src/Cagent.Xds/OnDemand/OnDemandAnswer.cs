// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Resources;

namespace Cagent.Xds.OnDemand;

/// <summary>What a source said.</summary>
/// <param name="Type">The type of the resource.</param>
/// <param name="Name">Its name.</param>
/// <param name="Resource">Null when it does not exist.</param>
/// <param name="IsFailure">Whether the source failed or took too long.</param>
internal sealed record OnDemandAnswer(XdsType Type, string Name, XdsResource? Resource, bool IsFailure);
