// SPDX-License-Identifier: Apache-2.0
namespace Cagent.ControlPlane.Revisions;

/// <summary>The revision in force. Thread safe; a read is one volatile load.</summary>
public interface IRevisionSource
{
    /// <summary>After <see cref="Current"/> changed, on the publisher's loop: handlers return quickly.</summary>
    event Action<Revision>? Published;

    /// <summary>The revision in force; null before the first.</summary>
    Revision? Current { get; }
}
