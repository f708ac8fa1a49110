// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Cagent.Domains;

namespace Cagent.Policy.Model;

/// <summary>One resolver that names are asked from.</summary>
/// <param name="Address">Its address.</param>
/// <param name="Port">Its port, 53 unless the policy names one.</param>
public sealed record ResolverAddress(IPAddress Address, Port Port)
{
    /// <summary><c>address:port</c>, with brackets around an IPv6 address.</summary>
    public override string ToString() => new IPEndPoint(Address, Port.Value).ToString();
}
