// SPDX-License-Identifier: Apache-2.0
using Cagent.Grpc.Load.Runs;

namespace Cagent.Grpc.Load.Cases;

/// <summary>One row of the report. A case opens its connections, measures, and closes them.</summary>
internal abstract record LoadCase(string Name, int Connections, int StreamsPerConnection, int Size)
{
    public int Streams => Connections * StreamsPerConnection;

    /// <summary>What <see cref="CaseResult.Value"/> counts.</summary>
    public abstract string Unit { get; }

    /// <summary>Whether more is better; else it is a time.</summary>
    public abstract bool IsRate { get; }

    public abstract Task<CaseResult> RunAsync(Peer peer);
}
