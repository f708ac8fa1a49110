// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Grpc.Server;

/// <summary>The error codes of RST_STREAM that the server sends (RFC 9113, section 7).</summary>
internal static class Http2Error
{
    public const int NoError = 0x0;
    public const int InternalError = 0x2;
    public const int Cancel = 0x8;
}
