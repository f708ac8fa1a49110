// SPDX-License-Identifier: Apache-2.0
using Cagent.Grpc.Load.Cases;

namespace Cagent.Grpc.Load.Runs;

/// <summary>One line of the raw data.</summary>
internal sealed record Measurement(int Round, string Case, string Peer, CaseResult Result);
