// SPDX-License-Identifier: Apache-2.0
namespace Cagent.LoadClient;

/// <summary>The frame types of RFC 9113 that the generator knows.</summary>
internal enum FrameKind : byte
{
    Data = 0,
    Headers = 1,
    ResetStream = 3,
    Settings = 4,
    Ping = 6,
    GoAway = 7,
    WindowUpdate = 8,
    Continuation = 9,
}
