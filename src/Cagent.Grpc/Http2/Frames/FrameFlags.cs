// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Grpc.Http2.Frames;

/// <summary>The flags of frames (RFC 9113, section 6); a bit means what the frame's type says.</summary>
[Flags]
internal enum FrameFlags : byte
{
    None = 0,

    /// <summary>DATA and HEADERS.</summary>
    EndStream = 0x1,

    /// <summary>SETTINGS and PING.</summary>
    Ack = EndStream,

    /// <summary>HEADERS and CONTINUATION.</summary>
    EndHeaders = 0x4,

    /// <summary>DATA and HEADERS.</summary>
    Padded = 0x8,

    /// <summary>HEADERS.</summary>
    Priority = 0x20,
}
