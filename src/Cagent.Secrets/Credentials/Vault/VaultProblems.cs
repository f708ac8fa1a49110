// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Cagent.Secrets.Credentials.Fetching;
using Cagent.Secrets.Credentials.Http;

namespace Cagent.Secrets.Credentials.Vault;

/// <summary>What Vault's refusals mean, and what to do. Its own texts are not repeated: they can hold what was sent.</summary>
internal static class VaultProblems
{
    /// <param name="answer">The answer, which is no success.</param>
    /// <param name="name">How messages call the server.</param>
    /// <param name="refusal">What 400 and 403 mean here.</param>
    public static FetchOutcome.Failed Of(SourceAnswer answer, string name, string refusal) => answer.Failure ?? answer.Status switch
    {
        400 or 403 => new(FetchFailure.Refused, string.Create(CultureInfo.InvariantCulture, $"{name} says {answer.Status}: {refusal}")) { Withdraws = true },
        404 => new(FetchFailure.Missing, $"{name} says 404: no such path; look at mount and namespace") { Withdraws = true },
        503 => Later(answer, $"{name} says 503: Vault is sealed or in maintenance; unseal it"),
        501 => Later(answer, $"{name} says 501: Vault is not initialized"),
        429 => Later(answer, $"{name} says 429: too many requests, by its quotas, or a standby server"),
        412 or 472 or 473 or >= 500 => Later(answer, string.Create(CultureInfo.InvariantCulture, $"{name} says {answer.Status}: it cannot answer now")),
        >= 300 and < 400 => new(FetchFailure.Invalid, $"{name} redirects to another server, which is not followed: name the active server or the load balancer"),
        _ => new(FetchFailure.Invalid, string.Create(CultureInfo.InvariantCulture, $"{name} says {answer.Status}, which no Vault says here")),
    };

    public static FetchOutcome.Failed Unreadable(string name) => new(FetchFailure.Invalid, $"the answer of {name} is not what Vault sends; does another server listen there?");

    private static FetchOutcome.Failed Later(SourceAnswer answer, string problem) => new(FetchFailure.Unavailable, problem) { RetryAfter = answer.RetryAfter };
}
