// SPDX-License-Identifier: Apache-2.0
namespace Cagent.ExtAuthz.RateLimits;

/// <summary>One bucket: whose, of which entry, and how large.</summary>
/// <param name="Agent">The agent, or what stands for all of them.</param>
/// <param name="Entry">The entry, with its owner when it is an agent's own.</param>
/// <param name="Requests">Requests that flow in each period, at least 1.</param>
/// <param name="PeriodSeconds">The period, at least 1 s.</param>
/// <param name="Burst">How many it holds, at least 1.</param>
public sealed record BucketName(string Agent, string Entry, int Requests, int PeriodSeconds, int Burst)
{
    /// <summary>Requests that flow in each second.</summary>
    public double PerSecond => (double)Requests / PeriodSeconds;
}
