// SPDX-License-Identifier: Apache-2.0
namespace Cagent.ExtAuthz;

/// <summary>How <see cref="AuthzService"/> answers.</summary>
public sealed class ExtAuthzOptions
{
    /// <summary>
    /// Whether a question that says neither which hop asks nor who is decided by its own method, host and path as the anonymous agent's.
    /// For <c>cagent authz serve</c> and load tools alone: in the data plane such a question is a fault, and denied. Default: false.
    /// </summary>
    public bool AnswersWithoutIdentity { get; set; }
}
