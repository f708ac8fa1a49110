// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Grpc.Server;

/// <summary>Who holds a call's response. The last three are final.</summary>
internal enum ResponseState
{
    /// <summary>Nobody; the next write takes it.</summary>
    Idle,

    /// <summary>A write runs.</summary>
    Busy,

    /// <summary>The handler has returned and its status was set.</summary>
    Ended,

    /// <summary>The deadline passed first and its status was set.</summary>
    Expired,

    /// <summary>A message was cut, so the stream was reset.</summary>
    Broken,
}
