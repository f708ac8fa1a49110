// SPDX-License-Identifier: Apache-2.0
namespace Cagent.ExtAuthz;

/// <summary>Which of Envoy's routes asks.</summary>
public enum AuthzHop
{
    /// <summary>A hop that this build does not know: denied.</summary>
    Unknown,

    /// <summary>A CONNECT to a listed host and port.</summary>
    Connect,

    /// <summary>Plain HTTP to a listed host and port.</summary>
    Plain,

    /// <summary>A request inside an inspected tunnel.</summary>
    Web,

    /// <summary>No route matched: asked for the reason only.</summary>
    Deny,
}
