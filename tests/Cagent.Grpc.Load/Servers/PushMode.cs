// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Grpc.Load.Servers;

/// <summary>How the peer "cagent" writes a push.</summary>
internal enum PushMode
{
    /// <summary>Shared frame through the dispatcher.</summary>
    Dispatcher,

    /// <summary>Shared bytes, every stream at once.</summary>
    Raw,

    /// <summary>Serialised for every stream, every stream at once.</summary>
    Message,
}
