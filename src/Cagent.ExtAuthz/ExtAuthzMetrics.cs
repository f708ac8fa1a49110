// SPDX-License-Identifier: Apache-2.0
using Cagent.Compiler.Authz;
using System.Diagnostics.Metrics;

namespace Cagent.ExtAuthz;

/// <summary>Counts decisions by outcome and reason; never by host, path or agent, which have no bound. Thread safe.</summary>
public sealed class ExtAuthzMetrics
{
    private readonly Counter<long> _decisions;

    /// <summary>The meter <c>Cagent.ExtAuthz</c>.</summary>
    public ExtAuthzMetrics(IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(meters);
        _decisions = meters.Create("Cagent.ExtAuthz").CreateCounter<long>("cagent.authz.decisions", "{decision}", "Decisions of ext_authz.");
    }

    internal void Decided(Decision decision) => _decisions.Add(
        1, new("outcome", decision is Decision.Allowed ? "allowed" : "denied"), new("reason", (decision as Decision.Denied)?.Reason.WireName() ?? ""));
}
