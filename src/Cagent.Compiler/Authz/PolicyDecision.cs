// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Cagent.Policy.Model;

namespace Cagent.Compiler.Authz;

/// <summary>
/// What a policy says to one request. A value, so that deciding allocates nothing; its texts are made when they are asked for.
/// The default value is a denial.
/// </summary>
/// <param name="Finding">What decided.</param>
/// <param name="Entry">
/// The entry that decided: its location, credential and limits are part of the decision. Null when none covers host and port.
/// </param>
/// <param name="Rule">
/// The line that decided: the allow line that covers the request, the deny line that does, or, when only the method is wrong,
/// the allow line that covers the path. Null when the entry has no such line.
/// </param>
/// <param name="Detail">What is wrong with host or path, or the ports that are listed; null otherwise.</param>
public readonly record struct PolicyDecision(PolicyFinding Finding, AuthzEntry? Entry = null, PolicyRule? Rule = null, string? Detail = null)
{
    /// <summary>Whether the request may go on.</summary>
    public bool IsAllowed => Finding == PolicyFinding.Allowed;

    /// <summary>The credential that is added to the request; null when it is denied, or the entry has none.</summary>
    public CredentialUse? Credential => IsAllowed ? Entry?.Credential : null;

    /// <summary>Why not, in the words of the closed list; null when it is allowed or no decision of the policy (<see cref="PolicyFinding.BadRequest"/>).</summary>
    public DenyReason? Reason => Finding switch
    {
        PolicyFinding.Allowed or PolicyFinding.BadRequest => null,
        PolicyFinding.UnknownAgent => DenyReason.AgentUnknown,
        PolicyFinding.QuarantinedAgent => DenyReason.AgentQuarantined,
        PolicyFinding.MalformedHost or PolicyFinding.UnlistedHost or PolicyFinding.OtherPort or PolicyFinding.OtherWay => DenyReason.HostNotAllowed,
        PolicyFinding.HostSpelling => DenyReason.NameMismatch,
        PolicyFinding.ForbiddenMethod or PolicyFinding.ForbiddenUpgrade or PolicyFinding.NoAllowLineForMethod => DenyReason.MethodNotAllowed,
        PolicyFinding.MalformedPath or PolicyFinding.DenyLine or PolicyFinding.NoAllowLine => DenyReason.PathNotAllowed,
        PolicyFinding.ReadOnlyEntry => DenyReason.ReadOnly,
        PolicyFinding.LargeBody => DenyReason.BodyTooLarge,
        _ => DenyReason.PolicyUnavailable,
    };

    /// <summary>What to do about a denial, in a sentence for the agent. It repeats nothing of the request; empty when allowed.</summary>
    public string Hint => Finding switch
    {
        PolicyFinding.Allowed => "",
        PolicyFinding.UnknownAgent => "This connection has no identity; use the proxy address that was given to you.",
        PolicyFinding.QuarantinedAgent => "This agent is quarantined; only its operator can release it.",
        PolicyFinding.MalformedHost => $"The host {Detail}.",
        PolicyFinding.UnlistedHost => "This host is not in the policy; ask for it to be added.",
        PolicyFinding.OtherPort => $"This host is allowed on port {Detail} only.",
        PolicyFinding.OtherWay => Entry?.Kind == Lowering.EntryKind.Plain ? "This host is allowed for plain http only." : "This host is allowed for https only.",
        PolicyFinding.HostSpelling => "Write the host in lower case: an entry with a wildcard allows it.",
        PolicyFinding.ForbiddenMethod => "This method is never allowed.",
        PolicyFinding.ForbiddenUpgrade => "This entry allows no such upgrade.",
        PolicyFinding.MalformedPath => $"The path {Detail}.",
        PolicyFinding.ReadOnlyEntry => "This host is read-only: GET, HEAD and OPTIONS.",
        PolicyFinding.DenyLine => "A deny rule of this host covers the request.",
        PolicyFinding.NoAllowLine => "No allow rule of this host covers the path.",
        PolicyFinding.NoAllowLineForMethod => "This path is allowed, but not with this method.",
        PolicyFinding.LargeBody => string.Create(CultureInfo.InvariantCulture, $"This host takes request bodies of at most {Entry?.MaxRequestBody} bytes."),
        PolicyFinding.BadRequest => Detail is null ? "The proxy does not take this as HTTP." : $"The proxy does not take this as HTTP: the host {Detail}.",
        _ => "No decision.",
    };
}
