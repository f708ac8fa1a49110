// SPDX-License-Identifier: Apache-2.0
using Cagent.Grpc.Http2.Output;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Cagent.Grpc.Http2;

/// <summary>What every HTTP/2 connection of one server shares.</summary>
internal sealed record Http2Environment(
    IHttpApplication<IFeatureCollection> Application,
    int MaxStreams,
    TimeSpan MaxIdle,
    TimeSpan PingDelay,
    TimeSpan PingTimeout,
    TimeSpan WriteTimeout,
    TimeProvider Time,
    ILogger Logger)
{
    public OutputBatchPool Batches { get; } = new();
}
