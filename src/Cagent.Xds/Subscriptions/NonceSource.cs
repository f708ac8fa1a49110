// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Cagent.Xds.Subscriptions;

/// <summary>
/// Numbers the responses of one stream. A nonce has 16 ASCII characters, always: a constant length lets shared bodies end
/// in the same tail. The prefix is random, so that a nonce of another stream never matches.
/// </summary>
internal sealed class NonceSource(uint prefix)
{
    private readonly string _prefix = prefix.ToString("x8", CultureInfo.InvariantCulture);
    private uint _last;

    public string Next() => string.Create(CultureInfo.InvariantCulture, $"{_prefix}{++_last:x8}");
}
