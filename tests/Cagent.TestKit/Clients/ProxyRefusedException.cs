// SPDX-License-Identifier: Apache-2.0
using System.Net;

namespace Cagent.TestKit.Clients;

/// <summary>The proxy refused a CONNECT.</summary>
public sealed class ProxyRefusedException : HttpRequestException
{
    /// <summary>Wraps the proxy's answer.</summary>
    public ProxyRefusedException(RawResponse response)
        : base(HttpRequestError.ProxyTunnelError, $"The proxy refused the CONNECT: {response.StatusLine}", null, (HttpStatusCode)response.Status) =>
        Response = response;

    /// <summary>The proxy's answer.</summary>
    public RawResponse Response { get; }
}
