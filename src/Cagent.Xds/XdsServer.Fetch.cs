// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Fetch;
using Microsoft.AspNetCore.Http;

namespace Cagent.Xds;

/// <summary>Requests without a stream.</summary>
public sealed partial class XdsServer
{
    private readonly RestFetch _rest;

    /// <summary>
    /// Answers one request of REST xDS, <c>POST /v3/discovery:clusters</c> and so on, in the JSON of proto3, over any version
    /// of HTTP: 200, 304 when <c>version_info</c> is the current version, 503 as long as there is no snapshot for the node, and
    /// 501 for content that this library's message types cannot put in JSON without loss. For debugging, and for clients that
    /// poll. A <see cref="RequestDelegate"/> for the host to map; whatever certificate the connection has must have been
    /// verified by the host, since the authoriser is told its names.
    /// </summary>
    public Task HandleFetchAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return _rest.HandleAsync(context);
    }
}
