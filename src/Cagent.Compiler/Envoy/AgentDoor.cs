// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Compiler.Envoy;

/// <summary>How a request comes to where it is decided.</summary>
internal enum AgentDoor
{
    /// <summary>The explicit proxy.</summary>
    Proxy,

    /// <summary>Plain HTTP that the network redirected: there is no proxy to be asked for tunnels.</summary>
    Redirected,

    /// <summary>A CONNECT that Envoy made of redirected TLS; the connection has a tunnel's id already.</summary>
    Joined,
}
