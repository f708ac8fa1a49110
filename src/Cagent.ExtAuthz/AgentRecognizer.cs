// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Security.Cryptography;
using Cagent.Compiler.Authz;
using Cagent.Compiler.Envoy;
using Cagent.ControlPlane.Credentials;

namespace Cagent.ExtAuthz;

/// <summary>
/// Says which agent is on the other end of a connection to the proxy. Everything that the policy names of an agent must hold, and what
/// holds for two is nobody's. No I/O, no clock; thread safe.
/// </summary>
internal sealed class AgentRecognizer(ICredentialStore credentials)
{
    /// <summary>The agent, or null.</summary>
    /// <param name="table">The policy in force; it names agents.</param>
    /// <param name="source">What the filter chain says: an agent's name, or that a token is wanted, and from which address.</param>
    /// <param name="presented">What the agent says for itself, or null.</param>
    public AuthzAgent? Recognize(AuthzTable table, string source, Secret? presented)
    {
        if (!source.StartsWith(EnvoyNames.TokenSource, StringComparison.Ordinal))
        {
            // Who is known by the address has no token: whatever it presents is somebody else's.
            return presented is null && table.FindDeclared(source) is { Recognition.HasOwnChain: true } agent ? agent : null;
        }

        return presented is not null && PresentedToken.TryParse(presented, out PresentedToken? token)
            && FindOwner(table, token) is { } owner
            && (token.User.Length == 0 || token.User == owner.Name)
            && IPAddress.TryParse(source.AsSpan(EnvoyNames.TokenSource.Length), out IPAddress? address) && owner.Recognition!.Accepts(address)
                ? owner : null;
    }

    /// <summary>All tokens are compared, each in a time that does not depend on where it differs.</summary>
    private AuthzAgent? FindOwner(AuthzTable table, PresentedToken token)
    {
        AuthzAgent? owner = null;
        int owners = 0;
        foreach (AuthzAgent agent in table.TokenAgents)
        {
            if (Has(agent, token))
            {
                owner = agent;
                owners++;
            }
        }

        return owners == 1 ? owner : null;
    }

    private bool Has(AuthzAgent agent, PresentedToken token)
    {
        bool isOne = false;
        foreach (string origin in agent.Recognition!.Tokens)
        {
            CredentialReading reading = credentials.Read(AgentTokenDefinition.NameOf(agent.Name, origin));
            isOne |= !reading.Digest.IsDefault && CryptographicOperations.FixedTimeEquals(reading.Digest.AsSpan(), token.Digest.Span);
        }

        return isOne;
    }
}
