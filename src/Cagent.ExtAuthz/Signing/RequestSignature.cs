// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.ControlPlane.Credentials;

namespace Cagent.ExtAuthz.Signing;

/// <summary>A signature that an allowed request gets: everything that it needs but the moment. Prints no key.</summary>
/// <param name="Request">What is signed.</param>
/// <param name="Keys">Whose signature it is.</param>
/// <param name="Definition">Which credential the keys were read as.</param>
public sealed record RequestSignature(SignableRequest Request, SigningKeys Keys, AwsSigV4CredentialDefinition Definition)
{
    /// <summary>The headers to set, in the place of the agent's. Reveals the keys to make them, and the session's token among them.</summary>
    /// <param name="now">The signature is good for some minutes from now.</param>
    public ImmutableArray<KeyValuePair<string, string>> Headers(DateTimeOffset now)
    {
        ImmutableArray<KeyValuePair<string, string>> ours = [new("x-amz-date", SigV4.Stamp(now)), new(SigV4.PayloadHeader, Request.PayloadHash)];
        if (Keys.SessionToken is { } token)
        {
            ours = ours.Add(new(SigV4.TokenHeader, token.Reveal()));
        }

        ImmutableArray<KeyValuePair<string, string>> signed = [.. Request.Headers, .. ours];
        string canonical = SigV4.CanonicalRequest(Request.Method, Request.Path, Request.Query, signed, Request.PayloadHash);
        return [new("authorization", SigV4.Authorization(canonical, signed, Keys, new SigningScope(Definition.Region, Definition.Service), now)), .. ours];
    }
}
