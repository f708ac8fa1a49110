// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using Cagent.Compiler.Authz;
using Cagent.Compiler.Lowering;
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
    /// <param name="source">What the filter chain says: an agent's name; or that a token is wanted, and from which address; or the names of a certificate.</param>
    /// <param name="presented">What the agent says for itself, or null.</param>
    public AuthzAgent? Recognize(AuthzTable table, string source, Secret? presented)
    {
        // Who is known by the address or the listener has no token: whatever it presents is somebody else's.
        if (presented is null && table.FindDeclared(source) is { Recognition.HasOwnChain: true } agent)
        {
            return agent;
        }

        PresentedToken? token = null;
        return SourceClaim.Parse(source) is { } claim && (presented is null || PresentedToken.TryParse(presented, out token))
            ? FindOwner(table, claim, token) : null;
    }

    /// <summary>All tokens are compared, each in a time that does not depend on where it differs.</summary>
    private AuthzAgent? FindOwner(AuthzTable table, SourceClaim claim, PresentedToken? token)
    {
        AuthzAgent? owner = null;
        int owners = 0;
        foreach (AuthzAgent agent in table.PresentingAgents)
        {
            if (Fits(agent.Recognition!, claim) && (token is null ? !agent.Recognition!.HasToken : Has(agent, token)))
            {
                owner = agent;
                owners++;
            }
        }

        return owners == 1 && (token is not { User.Length: > 0 } || token.User == owner!.Name) ? owner : null;
    }

    /// <summary>What is not the agent's to choose: an agent of a listener is nobody elsewhere, and one that names none is nobody at another's.</summary>
    private static bool Fits(AgentRecognition recognition, SourceClaim claim) =>
        recognition.Listener == claim.Listener
        && (recognition.Spiffe is null ? claim.SpiffeId is null : claim.SpiffeId is not null && SpiffeId.Matches(recognition.Spiffe, claim.SpiffeId))
        && (recognition.Sources.IsEmpty || (claim.Address is not null && recognition.Accepts(claim.Address)));

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
