// SPDX-License-Identifier: Apache-2.0
using Cagent.Policy.Catalogue;
using Cagent.Policy.Diagnostics;

namespace Cagent.Compiler.Authz;

/// <summary>One edit of a policy file that takes a step towards allowing a request.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="Location">The entry or line that it touches; null for a new entry.</param>
/// <param name="Yaml">The YAML to write, or the line to take away.</param>
public sealed record PolicyChange(PolicyChangeKind Kind, SourceLocation? Location, string Yaml)
{
    /// <summary>The edit as an instruction. A profile that ships with Cagent cannot be edited: there it is an entry of an overlay.</summary>
    public string Instruction => Location is { } location && ShippedProfiles.NameOf(location.File) is { } profile
        ? $"copy the entry from `cagent profiles show {profile}` into an overlay (--overlay), and there {Edit}"
        : Edit;

    private string Edit => Kind switch
    {
        PolicyChangeKind.AddEntry => $"add under domains: {Yaml}",
        PolicyChangeKind.AddAllowLine => $"add under allow of the entry at {Location}: {Yaml}",
        PolicyChangeKind.RemoveDenyLine => $"remove or narrow the deny line at {Location}: {Yaml}",
        PolicyChangeKind.ReplaceReadOnly => $"replace read_only of the entry at {Location} by {Yaml}",
        PolicyChangeKind.AllowWebSocket => $"add to the entry at {Location}: {Yaml}",
        _ => Yaml,
    };

    /// <inheritdoc cref="Instruction"/>
    public override string ToString() => Instruction;
}
