// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace Cagent.ControlPlane.Credentials;

/// <summary>The outcome of reading a credential: a value, or the reason why there is none.</summary>
/// <param name="Value">The value; null when it is unavailable.</param>
/// <param name="Problem">Why it is unavailable, without any part of the value; null when it is available.</param>
public sealed record CredentialReading(Secret? Value, string? Problem)
{
    /// <summary>
    /// What was read. The name alone does not say: another revision may give the same name to another secret, and only a
    /// reading of one's own definition may be used.
    /// </summary>
    public CredentialDefinition? Definition { get; init; }

    /// <summary>What signs requests, of a credential that does; then <see cref="Value"/> is null. Null of every other.</summary>
    public SigningKeys? Keys { get; init; }

    /// <summary>
    /// The SHA-256 of the value, of what is only ever compared: then <see cref="Value"/> is null. Tokens are long and random, so that
    /// nothing is won by a slower hash, and each request pays for it.
    /// </summary>
    public ImmutableArray<byte> Digest { get; init; }

    /// <summary>The same with the digest in the place of the value.</summary>
    public CredentialReading Digested() => Value is null ? this : this with { Value = null, Digest = [.. SHA256.HashData(Encoding.ASCII.GetBytes(Value.Reveal()))] };

    /// <summary>A reading with a value.</summary>
    public static CredentialReading Available(Secret value) => new(value, null);

    /// <summary>A reading with keys that sign.</summary>
    public static CredentialReading Available(SigningKeys keys) => new(null, null) { Keys = keys };

    /// <summary>A reading without a value: the request that needs it is denied with <c>credential_unavailable</c>.</summary>
    public static CredentialReading Unavailable(string problem) => new(null, problem);
}
