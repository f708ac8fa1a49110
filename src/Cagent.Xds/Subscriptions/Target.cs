// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Resources;

namespace Cagent.Xds.Subscriptions;

/// <summary>What a client should have under a name now.</summary>
internal enum TargetKind
{
    /// <summary>Nothing: the name does not exist.</summary>
    Missing,

    /// <summary>A resource.</summary>
    Resource,

    /// <summary>Whatever it has: the wanted content was rejected and no older one is known.</summary>
    Withheld,

    /// <summary>Not known yet: a source was asked.</summary>
    Unresolved,
}

/// <summary>The kind, and the resource if there is one.</summary>
internal readonly record struct Target(TargetKind Kind, XdsResource? Resource = null);
