// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Cagent.Policy.Reading;

/// <summary>Moments as RFC 3339 writes them, to the second, always with an offset.</summary>
internal static class TimestampText
{
    public const string Advice = "write such as 2027-03-01T00:00:00Z or 2027-03-01T00:00:00+01:00";

    private static readonly string[] Formats = ["yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mm:sszzz"];

    /// <summary>False when the text is no moment.</summary>
    public static bool TryParse(string text, out DateTimeOffset moment)
    {
        bool isMoment = DateTimeOffset.TryParseExact(text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out moment);
        moment = moment.ToUniversalTime();
        return isMoment;
    }
}
