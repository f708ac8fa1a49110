// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Policy.Layers;

/// <summary>What part a file plays in a policy; it decides which keys may stand there.</summary>
internal enum LayerKind
{
    /// <summary>The first file.</summary>
    Root,

    /// <summary>Named by <c>include</c>.</summary>
    Include,

    /// <summary>Named by <c>profiles</c>.</summary>
    Profile,

    /// <summary>Laid over the rest.</summary>
    Overlay,
}
