// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Grpc.Http2;

/// <summary>The settings that matter to a server (RFC 9113, section 6.5.2).</summary>
internal static class Settings
{
    public const ushort HeaderTableSize = 1;
    public const ushort EnablePush = 2;
    public const ushort MaxConcurrentStreams = 3;
    public const ushort InitialWindowSize = 4;
    public const ushort MaxFrameSize = 5;
    public const ushort MaxHeaderListSize = 6;
}
