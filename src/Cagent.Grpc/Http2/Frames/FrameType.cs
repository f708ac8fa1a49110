// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Grpc.Http2.Frames;

/// <summary>The types of frames (RFC 9113, section 6); others are ignored.</summary>
internal enum FrameType : byte
{
    Data = 0x0,
    Headers = 0x1,
    Priority = 0x2,
    RstStream = 0x3,
    Settings = 0x4,
    PushPromise = 0x5,
    Ping = 0x6,
    GoAway = 0x7,
    WindowUpdate = 0x8,
    Continuation = 0x9,
}
