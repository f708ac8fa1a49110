// SPDX-License-Identifier: Apache-2.0
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

    /// <summary>A reading with a value.</summary>
    public static CredentialReading Available(Secret value) => new(value, null);

    /// <summary>A reading without a value: the request that needs it is denied with <c>credential_unavailable</c>.</summary>
    public static CredentialReading Unavailable(string problem) => new(null, problem);
}
