// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Cagent.Grpc.Wire;

/// <summary>The value of <c>grpc-timeout</c>: at most 8 digits and a unit.</summary>
internal static class GrpcTimeout
{
    private const int MaxDigits = 8;
    private const long MaxValue = 99_999_999;

    private static readonly (char Unit, long Ticks)[] s_units =
    [
        ('u', TimeSpan.TicksPerMicrosecond),
        ('m', TimeSpan.TicksPerMillisecond),
        ('S', TimeSpan.TicksPerSecond),
        ('M', TimeSpan.TicksPerMinute),
        ('H', TimeSpan.TicksPerHour),
    ];

    /// <summary>The longest wait that a timer is made for; a longer deadline is beyond any call's life.</summary>
    public static TimeSpan MaxTimer { get; } = TimeSpan.FromMilliseconds(int.MaxValue);

    public static bool TryParse(ReadOnlySpan<char> text, out TimeSpan timeout)
    {
        timeout = default;
        if (text.Length is < 2 or > MaxDigits + 1 || text[..^1].ContainsAnyExceptInRange('0', '9'))
        {
            return false;
        }

        long value = long.Parse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture);
        if (text[^1] == 'n')
        {
            timeout = TimeSpan.FromTicks(value / TimeSpan.NanosecondsPerTick);
            return true;
        }

        foreach ((char unit, long ticks) in s_units)
        {
            if (unit == text[^1])
            {
                // 99,999,999 hours are 3.6e18 ticks: no overflow.
                timeout = TimeSpan.FromTicks(value * ticks);
                return true;
            }
        }

        return false;
    }

    /// <summary>Writes a timeout in the finest unit that fits, rounded up so that the server never gives up before the client.</summary>
    public static string Format(TimeSpan timeout)
    {
        long ticks = Math.Max(timeout.Ticks, 0);
        foreach ((char unit, long size) in s_units)
        {
            long value = (ticks / size) + (ticks % size == 0 ? 0 : 1);
            if (value <= MaxValue)
            {
                return string.Create(CultureInfo.InvariantCulture, $"{value}{unit}");
            }
        }

        return string.Create(CultureInfo.InvariantCulture, $"{MaxValue}H");
    }
}
