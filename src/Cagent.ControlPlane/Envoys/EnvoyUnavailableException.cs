// SPDX-License-Identifier: Apache-2.0
namespace Cagent.ControlPlane.Envoys;

/// <summary>Envoy cannot be run at all: no executable, not executable, or not Envoy. The message says what to do.</summary>
public sealed class EnvoyUnavailableException : Exception
{
    /// <summary>Without a message; for serialisers only.</summary>
    public EnvoyUnavailableException()
    {
    }

    /// <summary>With what is wrong and what to do.</summary>
    public EnvoyUnavailableException(string message)
        : base(message)
    {
    }

    /// <summary>With what is wrong and its cause.</summary>
    public EnvoyUnavailableException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
