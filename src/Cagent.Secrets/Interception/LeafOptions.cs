// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Secrets.Interception;

/// <summary>Limits of the leaf certificates.</summary>
public sealed class LeafOptions
{
    /// <summary>The shortest <see cref="Lifetime"/>.</summary>
    public static readonly TimeSpan MinLifetime = TimeSpan.FromSeconds(30);

    /// <summary>The longest <see cref="Lifetime"/>.</summary>
    public static readonly TimeSpan MaxLifetime = TimeSpan.FromDays(90);

    /// <summary>
    /// How long a leaf is valid, from an hour before it was made, or a quarter of its life when that is less. Default 7 days;
    /// 30 seconds to 90 days, and never past the CA's end.
    /// </summary>
    public TimeSpan Lifetime { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How many leaves are held; the one asked for longest ago makes room. Default 4096, some 5 kB each. At least 1.</summary>
    public int Capacity { get; set; } = 4096;

    /// <summary>
    /// A leaf nobody asked for within this time is dropped instead of renewed. Envoy asks once and then holds the name, so this also
    /// sets how often a busy name costs one fresh handshake (some 3 ms). Default 30 days; more than zero.
    /// </summary>
    public TimeSpan IdleAfter { get; set; } = TimeSpan.FromDays(30);

    /// <summary>How often leaves are checked for renewal. Default 1 minute, or a tenth of their life when that is less; more than zero.</summary>
    public TimeSpan CheckInterval { get; set; } = TimeSpan.FromMinutes(1);

    // Clocks of agents may be behind.
    internal TimeSpan Backdating => Lifetime / 4 < TimeSpan.FromHours(1) ? Lifetime / 4 : TimeSpan.FromHours(1);

    internal TimeSpan RealCheckInterval => Lifetime / 10 < CheckInterval ? Lifetime / 10 : CheckInterval;

    /// <summary>The first setting that is out of range, in words that begin with its name; null when all are good.</summary>
    internal string? Problem() =>
        Lifetime < MinLifetime || Lifetime > MaxLifetime ? "Lifetime must be 30 seconds to 90 days"
        : Capacity < 1 ? "Capacity must be at least 1"
        : IdleAfter <= TimeSpan.Zero ? "IdleAfter must be more than zero"
        : CheckInterval <= TimeSpan.Zero ? "CheckInterval must be more than zero"
        : null;

    internal void ThrowIfInvalid()
    {
        if (Problem() is { } problem)
        {
            throw new ArgumentException(problem);
        }
    }
}
