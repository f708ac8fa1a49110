// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Secrets.Credentials.OAuth2;

/// <summary>When a token is used no more.</summary>
internal static class TokenLifetime
{
    /// <summary>Where the server does not say how long: RFC 6749, section 5.1, only recommends it.</summary>
    public static readonly TimeSpan Assumed = TimeSpan.FromHours(1);

    private static readonly TimeSpan LongestMargin = TimeSpan.FromSeconds(10);

    /// <summary>Somewhat before its end, for it must not end on its way: a tenth of its life, or 10 s.</summary>
    /// <param name="from">Before the question was sent: by the server's clock the token began later.</param>
    /// <param name="lifetime">What the server says.</param>
    public static DateTimeOffset End(DateTimeOffset from, TimeSpan lifetime) => from + lifetime - (lifetime / 10 < LongestMargin ? lifetime / 10 : LongestMargin);
}
