// SPDX-License-Identifier: Apache-2.0
using Cagent.ControlPlane.Credentials;

namespace Cagent.Secrets.Credentials.Fetching;

/// <summary>
/// Asks one kind of source for values. Whoever runs it decides when: it caches, retries, and limits nothing itself, but may keep what it
/// needs for the next time, such as a login. Thread safe; one credential is fetched once at a time.
/// </summary>
internal interface ICredentialFetcher
{
    /// <summary>The kind, as the policy calls it behind <c>from</c>; in status and metrics.</summary>
    string Source { get; }

    /// <summary>Whether it fetches what is so defined.</summary>
    bool CanFetch(FetchedCredentialDefinition definition);

    /// <summary>
    /// What the circuit breaker is for, such as a server's URL or a program's path: when it fails again and again, nobody asks it for a
    /// while. It stands in the log, so it has no secret in it.
    /// </summary>
    string TargetOf(FetchedCredentialDefinition definition);

    /// <summary>How long one fetch may take; then it is cancelled.</summary>
    TimeSpan TimeoutOf(FetchedCredentialDefinition definition) => TimeSpan.FromSeconds(10);

    /// <summary>Asks once. Every failure that can be expected is a value; it ends soon after it was cancelled.</summary>
    Task<FetchOutcome> FetchAsync(FetchedCredentialDefinition definition, CancellationToken cancellationToken);

    /// <summary>Drops what it keeps for others than these, the credentials of the policy in force. Does not block.</summary>
    void Retain(IReadOnlyCollection<FetchedCredentialDefinition> definitions)
    {
    }
}
