// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;

namespace Cagent.Grpc.Client.Connections;

/// <summary>How connections are kept and made again.</summary>
internal sealed record ConnectionSettings(
    TimeProvider Time,
    ILogger Logger,
    Func<double> NextRandom,
    TimeSpan InitialBackoff,
    TimeSpan MaxBackoff,
    TimeSpan KeepAlivePingDelay,
    TimeSpan KeepAlivePingTimeout,
    HttpKeepAlivePingPolicy KeepAlivePingPolicy);
