// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Domains;

/// <summary>How a pattern widens its host, in the order of specificity.</summary>
public enum HostPatternKind
{
    /// <summary>The host itself and nothing else.</summary>
    Exact,

    /// <summary><c>*.</c>: exactly one label before the suffix.</summary>
    OneLabel,

    /// <summary><c>**.</c>: one or more labels before the suffix.</summary>
    AnyDepth,
}
