// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Policy.Model;

/// <summary>What happens to the TLS of an entry.</summary>
public enum TlsMode
{
    /// <summary>It ends at the proxy: every request is seen and judged.</summary>
    Intercept,

    /// <summary>It passes unopened: only the name, the port and the address are judged.</summary>
    Passthrough,
}
