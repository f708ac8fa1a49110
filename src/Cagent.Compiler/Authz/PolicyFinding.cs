// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Compiler.Authz;

/// <summary>What decided, finer than <see cref="DenyReason"/>: hints and proposed changes hang on it. Not on any wire.</summary>
public enum PolicyFinding
{
    /// <summary>Nobody decided, which is a denial: what the default value of a decision holds.</summary>
    Undecided,

    /// <summary>Allowed.</summary>
    Allowed,

    /// <summary>The policy does not know who asks.</summary>
    UnknownAgent,

    /// <summary>The policy denies everything to who asks.</summary>
    QuarantinedAgent,

    /// <summary>The authority has no canonical form.</summary>
    MalformedHost,

    /// <summary>No entry names the host on any port.</summary>
    UnlistedHost,

    /// <summary>Entries name the host, on other ports.</summary>
    OtherPort,

    /// <summary>The entry of this host and port takes requests that come in another way.</summary>
    OtherWay,

    /// <summary>A host behind a wildcard that is not in lower case, which the proxy compares letter by letter with the server name.</summary>
    HostSpelling,

    /// <summary>No rule can name the method.</summary>
    ForbiddenMethod,

    /// <summary>An upgrade that the entry does not allow.</summary>
    ForbiddenUpgrade,

    /// <summary>The path has no canonical form.</summary>
    MalformedPath,

    /// <summary>The entry is read-only and the method is not.</summary>
    ReadOnlyEntry,

    /// <summary>A deny line covers the request.</summary>
    DenyLine,

    /// <summary>No allow line covers the path.</summary>
    NoAllowLine,

    /// <summary>An allow line covers the path, none with this method.</summary>
    NoAllowLineForMethod,

    /// <summary>The request is allowed but for the length of its body.</summary>
    LargeBody,

    /// <summary>The proxy refuses the request before anything decides, because it is no HTTP as it should be.</summary>
    BadRequest,
}
