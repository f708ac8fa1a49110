// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;

namespace Cagent.Grpc.Server;

/// <summary>What every call of one server shares.</summary>
internal sealed record CallEnvironment(
    TimeProvider Time,
    ILogger Logger,
    GrpcServerMetrics Metrics,
    int MaxSendMessageSize,
    TimeSpan WriteTimeout,
    bool CompressResponses,
    OpenStreams Streams);
