// SPDX-License-Identifier: Apache-2.0
namespace Cagent.EndToEnd.Tests.Pushes;

/// <summary>How a request travels.</summary>
internal enum Way
{
    /// <summary>Absolute form.</summary>
    Plain,

    /// <summary>HTTP/1.1 in a tunnel that the proxy inspects.</summary>
    Inspected,

    /// <summary>HTTP/2 in a tunnel that the proxy inspects.</summary>
    InspectedHttp2,

    /// <summary>The opening of a WebSocket in a tunnel that the proxy inspects.</summary>
    WebSocket,

    /// <summary>In a tunnel to the upstream's own certificate.</summary>
    Passthrough,
}
