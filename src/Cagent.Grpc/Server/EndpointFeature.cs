// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Grpc.Server;

/// <summary>The routes of the endpoint that a connection came in on; a connection feature.</summary>
internal sealed record EndpointFeature(GrpcRouter Router);
