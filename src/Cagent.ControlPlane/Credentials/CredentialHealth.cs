// SPDX-License-Identifier: Apache-2.0
namespace Cagent.ControlPlane.Credentials;

/// <summary>How one credential is, without any part of its value.</summary>
/// <param name="Name">The credential's name in the policy; an agent's token has one of its own.</param>
/// <param name="Source">The kind of source, as the policy calls it: <c>env</c>, <c>file</c>, <c>vault</c>, ...</param>
/// <param name="State">Whether it has a value, and how its source is.</param>
public sealed record CredentialHealth(string Name, string Source, CredentialState State)
{
    /// <summary>When the source last gave a value; of a file and a variable, when the present value was first seen. Null before the first.</summary>
    public DateTimeOffset? LastSuccess { get; init; }

    /// <summary>When the value ends by its source's own word; null when it has said none.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Until when the present value is used, whatever becomes of its source; null without a value, and of files and variables.</summary>
    public DateTimeOffset? UsableUntil { get; init; }

    /// <summary>How often the source has failed since it last gave a value.</summary>
    public int Failures { get; init; }

    /// <summary>When it is asked again; null of files and variables.</summary>
    public DateTimeOffset? NextAttempt { get; init; }

    /// <summary>What is wrong, without any part of a secret; null when nothing is.</summary>
    public string? Problem { get; init; }
}
