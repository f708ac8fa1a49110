// SPDX-License-Identifier: Apache-2.0
using Cagent.Compiler.Authz;
using System.Collections.Immutable;
using Cagent.ControlPlane.Credentials;

namespace Cagent.ExtAuthz;

/// <summary>
/// Credentials and decisions are replaced one after the other. In between, the table of one revision would read the
/// credential of another where both use one name for two secrets, and bring a secret to a host that it is not bound to.
/// </summary>
internal static class InjectionOwners
{
    /// <summary>The decision, or a denial when it would inject what the revision's own definitions do not name.</summary>
    public static Decision Check(Decision decision, ImmutableArray<CredentialDefinition> owned)
    {
        if (decision is not Decision.Allowed allowed)
        {
            return decision;
        }

        return allowed.Injections.All(injection => IsOwned(injection.Definition, owned)) && (allowed.Signature is null || IsOwned(allowed.Signature.Definition, owned))
            ? decision
            : new Decision.Denied(allowed.Agent, allowed.Entry, DenyReason.PolicyUnavailable, "The credential of this host is just being replaced; try again.");
    }

    private static bool IsOwned(CredentialDefinition? definition, ImmutableArray<CredentialDefinition> owned) => definition is not null && owned.Contains(definition);
}
