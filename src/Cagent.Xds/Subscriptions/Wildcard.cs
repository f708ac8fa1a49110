// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Xds.Subscriptions;

/// <summary>Whether a client wants every resource of a type.</summary>
internal enum Wildcard
{
    /// <summary>Named resources only.</summary>
    None,

    /// <summary>The first request named nothing.</summary>
    Legacy,

    /// <summary>The client subscribed to <c>*</c>.</summary>
    Explicit,
}
