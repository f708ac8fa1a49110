// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Policy.Model;

/// <summary>What a managed container is forbidden.</summary>
public enum RuntimePolicy
{
    /// <summary>No capabilities, no new privileges, read-only root, the default seccomp profile.</summary>
    Hardened,

    /// <summary>The container engine's own defaults, without privileges.</summary>
    Standard,
}
