// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Grpc.Server;

/// <summary>Why a call's token was cancelled; the first reason counts.</summary>
internal enum CancelReason
{
    None,

    /// <summary>The client reset the stream or its connection ended.</summary>
    Client,

    /// <summary>The deadline passed.</summary>
    Deadline,

    /// <summary>The server is stopping.</summary>
    Shutdown,

    /// <summary>The connection reached its age and its grace is over.</summary>
    ConnectionAge,

    /// <summary>The client did not read for the write timeout.</summary>
    WriteTimeout,
}
