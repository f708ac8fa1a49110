// SPDX-License-Identifier: Apache-2.0
namespace Cagent.TestKit.Tcp;

/// <summary>How a <see cref="FaultyRelay"/> ends a connection.</summary>
public enum RelayFault
{
    /// <summary>Both ends see an orderly close.</summary>
    Cut,

    /// <summary>Both ends see a TCP reset.</summary>
    Reset,

    /// <summary>One direction ends, the other goes on for a while; then both are closed.</summary>
    SlowClose,

    /// <summary>One end sees a reset, the other nothing at all.</summary>
    OneEnd,

    /// <summary>Nobody sees anything: bytes are taken and lost.</summary>
    Hang,
}
