// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Grpc.Http2;

/// <summary>The bounds of one connection that no option changes. What a client can make the server hold is their sum.</summary>
internal static class Http2Limits
{
    /// <summary>The largest frame payload that is read, and the largest that is sent: the protocol's default, which every peer takes.</summary>
    public const int FrameSize = 16 * 1024;

    /// <summary>The dynamic table of the HPACK decoder in bytes (RFC 7541, section 4.1): the protocol's default.</summary>
    public const int HeaderTableSize = 4096;

    /// <summary>A header list, counted as in RFC 9113, section 6.5.2, and also its compressed form. One field cannot be longer either.</summary>
    public const int HeaderListSize = 32 * 1024;

    /// <summary>The fields of a header list.</summary>
    public const int HeaderFields = 100;

    /// <summary>CONTINUATION frames without content in one header block; with content, the block's size is the bound.</summary>
    public const int EmptyContinuations = 16;

    /// <summary>Request bytes of all streams that no handler has looked at.</summary>
    public const int ConnectionWindow = 1024 * 1024;

    /// <summary>Request bytes of one stream that its handler has not looked at.</summary>
    public const int StreamWindow = 512 * 1024;

    /// <summary>Response bytes that wait for the socket before streams have to wait.</summary>
    public const int QueuedBytes = 128 * 1024;

    /// <summary>Bytes that wait for the socket before the connection is not read any more, because its client does not read the answers.</summary>
    public const int QueuedBytesForReading = QueuedBytes + (64 * 1024);

    /// <summary>Streams refused because too many of its reset calls still run, before the connection ends.</summary>
    public const int CalmRefusals = 20;

    /// <summary>Frames that advance no call (PING, SETTINGS, PRIORITY, unknown ones, RST_STREAM of closed streams, empty DATA, heads of refused streams): that many at once, and a tenth of it more each second.</summary>
    public const int IdleFrames = 500_000;

    /// <summary>RST_STREAM of open streams, and mistakes for which one is reset, as a multiple of the streams that may be open: that many at once, and a tenth of it more each second.</summary>
    public const int ResetsPerStream = 20;

    /// <summary>How long the client may take for its preface, and for the rest of a header block.</summary>
    public static readonly TimeSpan HeadersTimeout = TimeSpan.FromSeconds(30);

    /// <summary>How long after its GOAWAY a connection is read on, so that the client reads it before the connection's end.</summary>
    public static readonly TimeSpan Linger = TimeSpan.FromSeconds(2);
}
