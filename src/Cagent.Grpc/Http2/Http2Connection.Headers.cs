// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using Cagent.Grpc.Http2.Frames;
using Cagent.Grpc.Http2.Hpack;
using Cagent.Grpc.Http2.Streams;
using Cagent.Grpc.Wire;

namespace Cagent.Grpc.Http2;

/// <summary>Header blocks (RFC 9113, section 4.3): one frame, or a HEADERS frame and its continuations, with nothing between them.</summary>
internal sealed partial class Http2Connection
{
    private readonly HpackDecoder _decoder = new();

    // A block that has begun and not ended.
    private PooledBuffer? _block;
    private int _blockStream;
    private bool _blockEndsStream;
    private int _emptyContinuations;

    // Written by the reader, read by the watch: 0 for none.
    private long _blockStarted;

    private void OnHeaders(in ReceivedFrame frame)
    {
        Check((frame.StreamId & 1) == 1, Http2ErrorCode.ProtocolError, "HEADERS name a stream that is no client's.");
        ReadOnlySequence<byte> block = FrameParser.WithoutPadding(frame);
        if (frame.Has(FrameFlags.Priority))
        {
            Check(block.Length >= PrioritySize, Http2ErrorCode.FrameSizeError, "HEADERS are too short for their priority.");
            CheckDependency(block, frame.StreamId);
            block = block.Slice(PrioritySize);
        }

        // The numbers below are used up (section 5.1.1): those are frames of closed streams, or trailers.
        if (frame.StreamId <= _highestStream)
        {
            _ = Find(frame.StreamId, 0, isEnd: false);
            Check(frame.Has(FrameFlags.EndStream), Http2ErrorCode.ProtocolError, "Trailers do not end their stream.");
        }

        _blockStream = frame.StreamId;
        _blockEndsStream = frame.Has(FrameFlags.EndStream);
        if (!frame.Has(FrameFlags.EndHeaders))
        {
            _block = new PooledBuffer();
            _emptyContinuations = 0;
            Volatile.Write(ref _blockStarted, _environment.Time.GetTimestamp());
            Extend(block);
        }
        else if (block.IsSingleSegment)
        {
            OnBlock(block.FirstSpan);
        }
        else
        {
            OnBlock(block.ToArray());
        }
    }

    private void OnContinuation(in ReceivedFrame frame)
    {
        Check(_block is not null && frame.StreamId == _blockStream, Http2ErrorCode.ProtocolError, "CONTINUATION continues nothing.");
        bool isEnd = frame.Has(FrameFlags.EndHeaders);
        if (frame.Length == 0 && !isEnd)
        {
            Check(++_emptyContinuations <= Http2Limits.EmptyContinuations, Http2ErrorCode.EnhanceYourCalm, "Too many CONTINUATION frames are empty.");
        }

        Extend(frame.Payload);
        if (isEnd)
        {
            PooledBuffer block = _block!;
            EndBlock();
            try
            {
                OnBlock(block.WrittenSpan);
            }
            finally
            {
                block.Release();
            }
        }
    }

    private void Extend(in ReadOnlySequence<byte> bytes)
    {
        if (_block!.Length + bytes.Length > Http2Limits.HeaderListSize)
        {
            // For the better error: what is there may hold a field that is too large by itself.
            foreach (ReadOnlyMemory<byte> part in bytes)
            {
                _block.Write(part.Span);
            }

            _decoder.Decode(_block.WrittenSpan, new RequestHead(isTrailers: false));
            throw Protocol("A header block is larger than allowed.");
        }

        foreach (ReadOnlyMemory<byte> part in bytes)
        {
            _block.Write(part.Span);
        }
    }

    private void EndBlock()
    {
        _block = null;
        Volatile.Write(ref _blockStarted, 0);
    }

    /// <summary>A whole block. It is decoded in any case, because it may change the decoder's table (section 4.3).</summary>
    private void OnBlock(ReadOnlySpan<byte> block)
    {
        bool isNew = _blockStream > _highestStream;
        RequestHead head = new(isTrailers: !isNew);
        if (!isNew)
        {
            _decoder.Decode(block, head);
            OnTrailers();
            return;
        }

        _highestStream = _blockStream;
        _decoder.Decode(block, head);
        head.End();
        Begin(head);
    }

    private void OnTrailers()
    {
        if (Find(_blockStream, 0, _blockEndsStream) is not { } stream)
        {
            return;
        }

        if (stream.ContentLength is { } announced && stream.Request.Received != announced)
        {
            ResetForFault(stream, Http2ErrorCode.ProtocolError);
            return;
        }

        EndRequest(stream);
        stream.Request.Append(ReadOnlySequence<byte>.Empty, isEnd: true, out bool isWoken);
        if (isWoken)
        {
            stream.SetReady();
        }
    }
}
