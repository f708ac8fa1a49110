// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Domains;

/// <summary>How an upstream is spoken to. There is no third way: other protocols pass as bytes, by TLS passthrough.</summary>
public enum Scheme
{
    /// <summary>HTTP inside verified TLS, the default.</summary>
    Https,

    /// <summary>Plain HTTP, only where the policy says <c>scheme: http</c>.</summary>
    Http,
}
