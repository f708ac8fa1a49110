// SPDX-License-Identifier: Apache-2.0
using Cagent.Domains;

namespace Cagent.Policy.Editing;

/// <summary>Names one entry of a policy text.</summary>
/// <param name="Host">Its host or pattern, in any spelling that names the same host.</param>
/// <param name="Port">Its port; null when the host has one entry only.</param>
/// <param name="Agent">The agent among whose own entries it stands, as written; null for the shared ones.</param>
public sealed record EntrySelector(string Host, Port? Port = null, string? Agent = null)
{
    /// <summary>The entry as messages name it.</summary>
    public override string ToString() => (Port is { } port ? $"{Host}:{port.Value}" : Host) + (Agent is null ? "" : $" of agent {Agent}");
}
