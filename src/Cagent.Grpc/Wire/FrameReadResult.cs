// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Grpc.Wire;

/// <summary>What the reader found at the front of the bytes.</summary>
internal enum FrameReadResult
{
    /// <summary>More bytes are needed.</summary>
    Incomplete,

    /// <summary>One whole message.</summary>
    Complete,

    /// <summary>A first byte that is neither 0 nor 1.</summary>
    InvalidFlag,

    /// <summary>A length beyond the limit; nothing was allocated for it.</summary>
    TooLarge,
}
