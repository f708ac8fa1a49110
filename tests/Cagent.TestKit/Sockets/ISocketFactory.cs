// SPDX-License-Identifier: Apache-2.0
using System.Net.Sockets;

namespace Cagent.TestKit.Sockets;

/// <summary>
/// Makes sockets: in the host's network, or in a network namespace of the test.
/// A socket stays in the namespace it was made in, whichever thread uses it later. Thread safe.
/// </summary>
public interface ISocketFactory
{
    /// <summary>Makes an unbound socket; the caller owns it.</summary>
    Socket Create(AddressFamily family, SocketType type, ProtocolType protocol);
}
