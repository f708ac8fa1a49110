// SPDX-License-Identifier: Apache-2.0
namespace Cagent.TestKit.Http2;

/// <summary>The flags of frames; one bit means different things on different types.</summary>
public static class Http2Flag
{
    /// <summary>No flag.</summary>
    public const byte None = 0;

    /// <summary>DATA and HEADERS: the last of the stream.</summary>
    public const byte EndStream = 0x1;

    /// <summary>SETTINGS and PING: an answer.</summary>
    public const byte Ack = 0x1;

    /// <summary>HEADERS and CONTINUATION: the end of the header block.</summary>
    public const byte EndHeaders = 0x4;

    /// <summary>DATA and HEADERS: padding follows.</summary>
    public const byte Padded = 0x8;
}
