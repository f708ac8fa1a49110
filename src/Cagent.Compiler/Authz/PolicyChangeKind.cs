// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Compiler.Authz;

/// <summary>What a proposed change does to the policy file.</summary>
public enum PolicyChangeKind
{
    /// <summary>A new item under <c>domains</c>.</summary>
    AddEntry,

    /// <summary>A new line under <c>allow</c> of the entry.</summary>
    AddAllowLine,

    /// <summary>The line under <c>deny</c> goes, or becomes narrower.</summary>
    RemoveDenyLine,

    /// <summary><c>read_only</c> gives way to an <c>allow</c> list.</summary>
    ReplaceReadOnly,

    /// <summary><c>websocket: true</c> on the entry.</summary>
    AllowWebSocket,
}
