// SPDX-License-Identifier: Apache-2.0
using Cagent.Grpc.Web;

namespace Cagent.Grpc.Server;

/// <summary>The routes of the endpoint that a connection came in on, and its rules for browsers if they may call; a connection feature.</summary>
internal sealed record EndpointFeature(GrpcRouter Router, CorsPolicy? Web);
