// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Buffers.Binary;
using Cagent.Grpc.Http2.Frames;

namespace Cagent.Grpc.Http2;

/// <summary>The client's settings (RFC 9113, section 6.5).</summary>
internal sealed partial class Http2Connection
{
    private const int SettingSize = 6;
    private const int StreamsPerToken = 16;
    private const uint LargestFrame = (1 << 24) - 1;

    private void OnSettings(in ReceivedFrame frame)
    {
        Check(frame.StreamId == 0, Http2ErrorCode.ProtocolError, "SETTINGS name a stream.");
        if (frame.Has(FrameFlags.Ack))
        {
            Check(frame.Length == 0, Http2ErrorCode.FrameSizeError, "A SETTINGS acknowledgement has a payload.");
            return;
        }

        Check(frame.Length % SettingSize == 0, Http2ErrorCode.FrameSizeError, "SETTINGS have a wrong size.");
        byte[] payload = frame.Payload.ToArray();
        int? window = null;
        bool isTableSmaller = false;
        for (int i = 0; i < payload.Length; i += SettingSize)
        {
            uint value = BinaryPrimitives.ReadUInt32BigEndian(payload.AsSpan(i + sizeof(ushort)));
            switch (BinaryPrimitives.ReadUInt16BigEndian(payload.AsSpan(i)))
            {
                case Settings.HeaderTableSize:
                    isTableSmaller |= value < Http2Limits.HeaderTableSize;
                    break;
                case Settings.EnablePush:
                    Check(value <= 1, Http2ErrorCode.ProtocolError, "SETTINGS_ENABLE_PUSH is neither 0 nor 1.");
                    break;
                case Settings.InitialWindowSize:
                    Check(value <= int.MaxValue, Http2ErrorCode.FlowControlError, "SETTINGS_INITIAL_WINDOW_SIZE is too large.");
                    window = (int)value;
                    break;
                case Settings.MaxFrameSize:
                    // Frames of ours are never larger than the smallest that it can allow.
                    Check(value is >= Http2Limits.FrameSize and <= LargestFrame, Http2ErrorCode.ProtocolError, "SETTINGS_MAX_FRAME_SIZE is out of its range.");
                    break;
            }
        }

        Apply(window, isTableSmaller);
    }

    // The last of several windows counts: a frame full of them would otherwise touch every stream two thousand times.
    private void Apply(int? window, bool isTableSmaller)
    {
        lock (Output.Sync)
        {
            // In front of the DATA that a larger window lets go: a client counts that by its new setting once it is acknowledged.
            Output.Add(FrameType.Settings, FrameFlags.Ack, 0, []);
            if (isTableSmaller)
            {
                Output.AnnounceTable();
            }

            if (window is { } size && size != Output.InitialWindow)
            {
                // It touches every stream.
                CountIdleFrame(_streams.Count / StreamsPerToken);
                Check(
                    Output.TrySetInitialWindow(size, _streams.Values.Select(stream => stream.Sender)),
                    Http2ErrorCode.FlowControlError,
                    "A window overflows by SETTINGS_INITIAL_WINDOW_SIZE.");
            }
        }
    }
}
