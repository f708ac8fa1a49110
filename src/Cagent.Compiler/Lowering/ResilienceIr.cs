// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Compiler.Lowering;

/// <summary>How an entry's upstream is treated when it fails; null keeps the default.</summary>
/// <param name="Retries">Tries after the first, for safe failures only, 0 to 10.</param>
/// <param name="MaxConnections">Connections to the upstream, 1 to 100,000.</param>
/// <param name="EjectAfter">Failures in a row after which an address rests, 1 to 1000.</param>
public sealed record ResilienceIr(int? Retries, int? MaxConnections, int? EjectAfter);
