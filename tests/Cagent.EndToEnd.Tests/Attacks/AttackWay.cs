// SPDX-License-Identifier: Apache-2.0
namespace Cagent.EndToEnd.Tests.Attacks;

/// <summary>How a request reaches the proxy.</summary>
public enum AttackWay
{
    /// <summary>HTTP/1.1 inside an inspected tunnel.</summary>
    Inspected,

    /// <summary>HTTP/2 inside an inspected tunnel.</summary>
    InspectedHttp2,

    /// <summary>Absolute form at the proxy's own door.</summary>
    Plain,
}
