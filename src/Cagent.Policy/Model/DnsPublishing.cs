// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Policy.Model;

/// <summary>How the allowed names reach the resolver that agents use.</summary>
public enum DnsPublishing
{
    /// <summary>Not at all.</summary>
    Off,

    /// <summary>By Envoy's DNS filter.</summary>
    Envoy,

    /// <summary>By CoreDNS files.</summary>
    CoreDns,
}
