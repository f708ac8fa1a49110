// SPDX-License-Identifier: Apache-2.0
using Cagent.Admin.Quarantine;
using Cagent.Admin.Statuses;
using Cagent.Contracts.Admin.V1;
using Cagent.Grpc.Health;
using Cagent.Grpc.Reflection;
using Cagent.Grpc.Server;
using Grpc.Health.V1;

namespace Cagent.Admin;

/// <summary>
/// What the admin socket offers: <c>cagent.admin.v1.StatusService</c>, <c>cagent.admin.v1.QuarantineService</c> and <c>grpc.health.v1.Health</c>, with server reflection. The health of
/// the empty service name is "agents can use the proxy", as the file <c>ready</c> says it.
/// </summary>
public sealed class AdminApi(StatusServiceHandler status, QuarantineServiceHandler quarantine, HealthService health)
{
    /// <summary>The endpoint with its own services; the socket file is mode 0600, which is all its authentication.</summary>
    /// <param name="socketPath">Where it listens.</param>
    public GrpcEndpoint Endpoint(string socketPath) => GrpcEndpoint.UnixSocket(socketPath) with
    {
        Services =
        [
            StatusService.BindService(status),
            QuarantineService.BindService(quarantine),
            Health.BindService(health),
            .. new ReflectionService([StatusService.Descriptor, QuarantineService.Descriptor, Health.Descriptor]).Services,
        ],
    };

    /// <summary>Says over the health service whether agents can use the proxy. False until it was called.</summary>
    public void SetReady(bool isReady)
    {
        health.Set("", isReady);
        health.Set(StatusService.Descriptor.FullName, isServing: true);
        health.Set(QuarantineService.Descriptor.FullName, isServing: true);
    }
}
