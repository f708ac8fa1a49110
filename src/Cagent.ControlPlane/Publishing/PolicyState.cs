// SPDX-License-Identifier: Apache-2.0
namespace Cagent.ControlPlane.Publishing;

/// <summary>What has become of the policy file as it is now.</summary>
public enum PolicyState
{
    /// <summary>Nothing was read yet.</summary>
    Starting,

    /// <summary>It compiled and is on its way to the Envoys.</summary>
    Publishing,

    /// <summary>Every connected Envoy has accepted it.</summary>
    Effective,

    /// <summary>It does not load; the last good policy serves.</summary>
    Invalid,

    /// <summary>An Envoy refused it; the last good policy serves.</summary>
    Rejected,
}
