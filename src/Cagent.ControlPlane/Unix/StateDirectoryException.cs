// SPDX-License-Identifier: Apache-2.0
namespace Cagent.ControlPlane.Unix;

/// <summary>The state directory or a folder for sockets cannot be used. The message says why and what to do.</summary>
public sealed class StateDirectoryException : IOException
{
    /// <summary>Without a message; for serialisers only.</summary>
    public StateDirectoryException()
    {
    }

    /// <summary>With what is wrong and what to do.</summary>
    public StateDirectoryException(string message)
        : base(message)
    {
    }

    /// <summary>With what is wrong and its cause.</summary>
    public StateDirectoryException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
