// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Buffers.Binary;
using Cagent.Grpc.Http2.Frames;
using Cagent.Grpc.Http2.Streams;

namespace Cagent.Grpc.Http2;

/// <summary>What each type of frame does (RFC 9113, section 6).</summary>
internal sealed partial class Http2Connection
{
    private const int PingSize = 8;
    private const int PrioritySize = 5;
    private const int NumberSize = sizeof(int);

    private readonly ReceiveWindow _window = new(Http2Limits.ConnectionWindow);
    private readonly RateBudget _resets;
    private readonly RateBudget _idleFrames;

    private void OnFrame(in ReceivedFrame frame)
    {
        if (_block is not null && frame.Type != FrameType.Continuation)
        {
            throw Protocol("Another frame stands inside a header block.");
        }

        switch (frame.Type)
        {
            case FrameType.Data:
                OnData(frame);
                break;
            case FrameType.Headers:
                OnHeaders(frame);
                break;
            case FrameType.Continuation:
                OnContinuation(frame);
                break;
            case FrameType.RstStream:
                OnReset(frame);
                break;
            case FrameType.WindowUpdate:
                OnWindowUpdate(frame);
                break;
            case FrameType.PushPromise:
                throw Protocol("A client pushes.");
            default:
                OnIdleFrame(frame);
                break;
        }
    }

    /// <summary>Frames that advance no call: each is cheap, so only their number is bounded.</summary>
    private void OnIdleFrame(in ReceivedFrame frame)
    {
        CountIdleFrame();
        switch (frame.Type)
        {
            case FrameType.Settings:
                OnSettings(frame);
                break;
            case FrameType.Ping:
                OnPing(frame);
                break;
            case FrameType.Priority:
                Check(frame, PrioritySize, isOfConnection: false);
                CheckDependency(frame.Payload, frame.StreamId);
                break;
            case FrameType.GoAway:
                Check(frame.StreamId == 0, Http2ErrorCode.ProtocolError, "GOAWAY names a stream.");

                // The client begins no more calls. Those that run go on.
                _closingSince = _environment.Time.GetTimestamp();
                _isClosing = true;
                break;
        }
    }

    private void OnData(in ReceivedFrame frame)
    {
        Check(frame.StreamId != 0, Http2ErrorCode.ProtocolError, "DATA names no stream.");

        // Padding and frame of a dead stream count too (section 6.9).
        Check(_window.TryTake(frame.Length), Http2ErrorCode.FlowControlError, "DATA exceeds the connection's window.");
        ReadOnlySequence<byte> payload = FrameParser.WithoutPadding(frame);
        bool isEnd = frame.Has(FrameFlags.EndStream);
        if (payload.IsEmpty && !isEnd)
        {
            CountIdleFrame();
        }

        if (Find(frame.StreamId, payload.Length, isEnd) is not { } stream)
        {
            GiveCredit(null, frame.Length);
            return;
        }

        Check(stream.Window.TryTake(frame.Length), Http2ErrorCode.FlowControlError, "DATA exceeds its stream's window.");
        long total = stream.Request.Received + payload.Length;
        if (stream.ContentLength is { } announced && (total > announced || (isEnd && total != announced)))
        {
            // Section 8.1.1: malformed.
            GiveCredit(null, frame.Length);
            ResetForFault(stream, Http2ErrorCode.ProtocolError);
            return;
        }

        if (isEnd)
        {
            EndRequest(stream);
        }

        int unread = stream.Request.Append(payload, isEnd, out bool isWoken);
        if (isWoken)
        {
            stream.SetReady();
        }

        GiveCredit(stream, frame.Length - (int)payload.Length + unread);
    }

    private void OnReset(in ReceivedFrame frame)
    {
        Check(frame, NumberSize, isOfConnection: false);
        CheckNotIdle(frame.StreamId);
        if (Remove(frame.StreamId) is not { } stream)
        {
            CountIdleFrame();
            return;
        }

        stream.EndReset();
        _mustCalm = !_resets.TryTake();
    }

    private void OnWindowUpdate(in ReceivedFrame frame)
    {
        Check(frame.Length == NumberSize, Http2ErrorCode.FrameSizeError, "WINDOW_UPDATE has a wrong size.");
        int increment = (int)(ReadNumber(frame.Payload) & int.MaxValue);
        Check(increment > 0, Http2ErrorCode.ProtocolError, "WINDOW_UPDATE gives nothing.");
        if (frame.StreamId != 0)
        {
            CheckNotIdle(frame.StreamId);
        }

        Http2Stream? overflown = null;
        lock (Output.Sync)
        {
            if (frame.StreamId == 0)
            {
                Check(Output.TryGrow(increment), Http2ErrorCode.FlowControlError, "The connection's window overflows.");
            }
            else if (_streams.TryGetValue(frame.StreamId, out Http2Stream? stream) && !Output.TryGrow(stream.Sender, increment))
            {
                overflown = stream;
            }
        }

        if (overflown is not null)
        {
            ResetForFault(overflown, Http2ErrorCode.FlowControlError);
        }
    }

    private void OnPing(in ReceivedFrame frame)
    {
        Check(frame, PingSize, isOfConnection: true);
        if (!frame.Has(FrameFlags.Ack))
        {
            Span<byte> payload = stackalloc byte[PingSize];
            frame.Payload.CopyTo(payload);
            lock (Output.Sync)
            {
                Output.Add(FrameType.Ping, FrameFlags.Ack, 0, payload);
            }
        }
    }

    private void CountIdleFrame(int weight = 1) => Check(_idleFrames.TryTake(weight), Http2ErrorCode.EnhanceYourCalm, "Too many frames advance no call.");

    private static void CheckDependency(in ReadOnlySequence<byte> priority, int streamId) =>
        Check((int)(ReadNumber(priority) & int.MaxValue) != streamId, Http2ErrorCode.ProtocolError, "A stream depends on itself.");

    private void CheckNotIdle(int streamId) =>
        Check(streamId > 0 && streamId <= _highestStream, Http2ErrorCode.ProtocolError, "A frame names a stream that was not opened.");

    private static void Check(in ReceivedFrame frame, int size, bool isOfConnection)
    {
        Check(frame.StreamId == 0 == isOfConnection, Http2ErrorCode.ProtocolError, "A frame names the wrong stream.");
        Check(frame.Length == size, Http2ErrorCode.FrameSizeError, "A frame has a wrong size.");
    }

    private static void Check(bool isRight, Http2ErrorCode code, string otherwise)
    {
        if (!isRight)
        {
            throw new Http2ConnectionException(code, otherwise);
        }
    }

    private static Http2ConnectionException Protocol(string what) => new(Http2ErrorCode.ProtocolError, what);

    private static uint ReadNumber(in ReadOnlySequence<byte> bytes)
    {
        Span<byte> number = stackalloc byte[NumberSize];
        bytes.Slice(0, NumberSize).CopyTo(number);
        return BinaryPrimitives.ReadUInt32BigEndian(number);
    }
}
