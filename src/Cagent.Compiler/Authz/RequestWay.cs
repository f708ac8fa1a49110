// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Compiler.Authz;

/// <summary>How a request comes.</summary>
public enum RequestWay
{
    /// <summary>A CONNECT: host and port only.</summary>
    Tunnel,

    /// <summary>A request inside an intercepted tunnel; port 443 unless the authority names one.</summary>
    Intercepted,

    /// <summary>Plain HTTP in absolute form; port 80 unless the authority names one.</summary>
    Plain,
}
