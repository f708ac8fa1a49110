// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Secrets.Interception;

/// <summary>The interception CA on disk cannot be used. The message says what is wrong and what to do; the process must not start without one.</summary>
public sealed class InterceptionCaException : Exception
{
    /// <summary>Makes the exception with a message that names the file and the cure.</summary>
    public InterceptionCaException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception with a message that names the file and the cure, and what the system said.</summary>
    public InterceptionCaException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
