// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Load.Cases;

namespace Cagent.Xds.Load.Runs;

/// <summary>One line of the raw data.</summary>
internal sealed record Measurement(string Case, string Peer, CaseResult Result);
