// SPDX-License-Identifier: Apache-2.0
namespace Cagent.TestKit.Http2;

/// <summary>The frame types of RFC 9113, section 6.</summary>
public enum Http2FrameType
{
    /// <summary>Bytes of a body.</summary>
    Data = 0,

    /// <summary>The first part of a header block.</summary>
    Headers = 1,

    /// <summary>Deprecated priority.</summary>
    Priority = 2,

    /// <summary>The end of a stream by force.</summary>
    RstStream = 3,

    /// <summary>Settings, or their acknowledgement.</summary>
    Settings = 4,

    /// <summary>A promised stream; no client may send it.</summary>
    PushPromise = 5,

    /// <summary>A ping, or its answer.</summary>
    Ping = 6,

    /// <summary>The end of the connection, with a reason.</summary>
    GoAway = 7,

    /// <summary>Flow-control credit.</summary>
    WindowUpdate = 8,

    /// <summary>A further part of a header block.</summary>
    Continuation = 9,
}
