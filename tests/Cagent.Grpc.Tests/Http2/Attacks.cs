// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Grpc.Tests.Http2;

/// <summary>Tests that read counters and memory of the whole process, so nothing else runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Attacks
{
    public const string Name = "attacks";
}
