// SPDX-License-Identifier: Apache-2.0
namespace Cagent.ControlPlane.Envoys;

/// <summary>How a program that wants to be served as an Envoy stands to the security floor. Everything but <see cref="Safe"/> is refused.</summary>
public enum EnvoyStanding
{
    /// <summary>It says nothing that could be judged: no version, or something that is none.</summary>
    VersionUnknown,

    /// <summary>It is not Envoy.</summary>
    NotEnvoy,

    /// <summary>An Envoy with known holes that no policy can close.</summary>
    BelowFloor,

    /// <summary>An Envoy at the floor of its line, or above.</summary>
    Safe,
}
