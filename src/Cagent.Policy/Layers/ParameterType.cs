// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Policy.Layers;

/// <summary>What an argument of a profile may be.</summary>
internal enum ParameterType
{
    /// <summary>A host, without wildcard.</summary>
    Host,

    /// <summary>One label of a host.</summary>
    Label,

    /// <summary>A port.</summary>
    Port,

    /// <summary>One segment of a path, without wildcard and escapes.</summary>
    Segment,

    /// <summary>The name of a credential.</summary>
    Credential,
}
