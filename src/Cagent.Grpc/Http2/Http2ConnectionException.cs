// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Grpc.Http2;

/// <summary>The client broke the protocol so that the connection cannot go on (RFC 9113, section 5.4.1).</summary>
/// <param name="code">The code of the GOAWAY.</param>
/// <param name="message">What the client did; never its bytes.</param>
internal sealed class Http2ConnectionException(Http2ErrorCode code, string message) : Exception(message)
{
    public Http2ErrorCode Code { get; } = code;
}
