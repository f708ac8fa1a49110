// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Secrets.Credentials.Fetching;

/// <summary>How sources are asked. Durations are more than zero.</summary>
public sealed class CredentialFetchOptions
{
    /// <summary>How many fetches run at a time, of all sources. Default 16.</summary>
    public int MaxFetches { get; set; } = 16;

    /// <summary>How many of them may be of one server or program, so that one which hangs does not hold up the others. Default 4.</summary>
    public int MaxFetchesOfOneTarget { get; set; } = 4;

    /// <summary>The pause after the first failure, about: it doubles with each, and is jittered. Default 1 s.</summary>
    public TimeSpan MinBackOff { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest pause between attempts, and so about the longest time from a recovery until it is noticed. Default 15 s.</summary>
    public TimeSpan MaxBackOff { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How many failed fetches in a row of <see cref="BreakWindow"/> open the circuit of a server or program. Default 5; at least 2.</summary>
    public int BreakAfter { get; set; } = 5;

    /// <summary>The time in which failures are counted. Default 30 s.</summary>
    public TimeSpan BreakWindow { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long nobody asks while the circuit is open; then one fetch tries. Default 10 s.</summary>
    public TimeSpan BreakFor { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>What is wrong with the settings, or null.</summary>
    internal string? Problem() =>
        MaxFetches < 1 || MaxFetchesOfOneTarget < 1 ? "MaxFetches and MaxFetchesOfOneTarget must be at least 1"
        : MinBackOff <= TimeSpan.Zero || MaxBackOff < MinBackOff ? "MinBackOff must be more than zero and at most MaxBackOff"
        : BreakAfter < 2 || BreakWindow < TimeSpan.FromSeconds(1) || BreakFor < TimeSpan.FromSeconds(1) ? "BreakAfter must be at least 2, BreakWindow and BreakFor at least 1 s"
        : null;
}
