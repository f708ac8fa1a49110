// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using Cagent.Compiler.Limits;
using Cagent.ControlPlane.Revisions;
using Cagent.Grpc.Server;
using Cagent.Xds;
using Cagent.Xds.Resources;
using Envoy.Service.Discovery.V3;
using Microsoft.Extensions.Logging;

namespace Cagent.ControlPlane.Publishing;

/// <summary>
/// Configures envoyproxy/ratelimit over its own kind of xDS, with the global limits of the revision in force. A server of its own: what it
/// says is nothing that an Envoy should get, and the other way round. Thread safe.
/// </summary>
public sealed class LimitConfigServer : IDisposable
{
    private readonly IRevisionSource _revisions;
    private readonly XdsServer _xds;

    /// <summary>A server that follows the revision in force.</summary>
    public LimitConfigServer(IRevisionSource revisions, TimeProvider time, ILoggerFactory loggers, IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(revisions);
        _revisions = revisions;
        _xds = new XdsServer(new XdsServerOptions(), time, loggers, meters, []);
        revisions.Published += Publish;
        if (revisions.Current is { } current)
        {
            Publish(current);
        }
    }

    /// <summary>The endpoint on which ratelimit is served; the socket file is mode 0600, which is all its authentication.</summary>
    public GrpcEndpoint Endpoint(string socketPath) =>
        GrpcEndpoint.UnixSocket(socketPath) with { Services = [AggregatedDiscoveryService.BindService(_xds.Service)] };

    /// <summary>Ends its streams.</summary>
    public void Stop() => _xds.Stop();

    /// <inheritdoc/>
    public void Dispose()
    {
        _revisions.Published -= Publish;
        _xds.Dispose();
    }

    private void Publish(Revision revision) => _xds.Publish(XdsSnapshot.Create(revision.Id.ToString(),
        [XdsResource.Create(XdsType.RateLimitConfig.TypeUrl, RateLimitMetadata.GlobalDomain, GlobalLimits.ConfigOf(revision.Compiled.Limits))]));
}
