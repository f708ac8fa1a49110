// SPDX-License-Identifier: Apache-2.0
using Cagent.Grpc.Http2.Frames;
using Cagent.Grpc.Http2.Streams;

namespace Cagent.Grpc.Http2;

/// <summary>The table of streams (RFC 9113, section 5.1) and its bounds.</summary>
internal sealed partial class Http2Connection
{
    // Handlers of streams that were reset may run on for a while; beyond this many times the limit the client must wait.
    private const int HandlersPerStream = 2;

    // All guarded by Output.Sync. A stream is in the table until both sides have ended it or one has reset it.
    private readonly Dictionary<int, Http2Stream> _streams = [];
    private int _handlers;
    private TaskCompletionSource? _handlersEnded;

    private readonly EndedStreams _ended;

    // The reader's own.
    private int _highestStream;
    private int _calmRefusals;
    private bool _mustCalm;

    /// <summary>RST_STREAM by this side.</summary>
    public void Reset(Http2Stream stream, Http2ErrorCode code)
    {
        bool isFirst;
        lock (Output.Sync)
        {
            bool wasOpen = _streams.Remove(stream.Id);
            isFirst = stream.TryReset();
            if (wasOpen)
            {
                Output.Add(FrameType.RstStream, stream.Id, (int)code);
                Ignore(stream);
                OnStreamGone();
            }
        }

        if (isFirst)
        {
            stream.EndReset();
            Output.Flush();
        }
    }

    /// <summary>RST_STREAM for a mistake of the client, which counts as a reset by the client: it could have the work of calls begun and thrown away just as well.</summary>
    private void ResetForFault(Http2Stream stream, Http2ErrorCode code)
    {
        Reset(stream, code);
        _mustCalm = !_resets.TryTake();
    }

    /// <summary>Bytes are read, or never will be: their credit goes back to the client when enough is due.</summary>
    public void GiveCredit(Http2Stream? stream, int count)
    {
        int ofConnection = _window.Release(count);
        int ofStream = stream is null || stream.IsRequestOver || stream.IsReset ? 0 : stream.Window.Release(count);
        if (ofConnection == 0 && ofStream == 0)
        {
            return;
        }

        lock (Output.Sync)
        {
            if (ofConnection > 0)
            {
                Output.Add(FrameType.WindowUpdate, 0, ofConnection);
            }

            if (ofStream > 0 && _streams.ContainsKey(stream!.Id))
            {
                Output.Add(FrameType.WindowUpdate, stream.Id, ofStream);
            }
        }

        Output.Flush();
    }

    /// <summary>A response is out. The lock is held.</summary>
    public void OnResponseOut(Http2Stream stream)
    {
        _streams.Remove(stream.Id);
        if (!stream.IsRequestOver)
        {
            // Section 8.1: the response is whole, and the client may stop sending.
            Output.Add(FrameType.RstStream, stream.Id, (int)Http2ErrorCode.NoError);
            Ignore(stream);
        }

        OnStreamGone();
    }

    /// <summary>A handler has returned and will not touch its stream any more.</summary>
    public void OnHandlerEnded(Http2Stream stream)
    {
        TaskCompletionSource? ended = null;
        lock (Output.Sync)
        {
            // What is left of the response waits for credit, but not for ever.
            stream.HandlerEnded = _environment.Time.GetTimestamp();
            if (--_handlers == 0)
            {
                ended = _handlersEnded;
            }
        }

        ended?.SetResult();
    }

    /// <summary>Begins a request whose head is whole.</summary>
    private void Begin(RequestHead head)
    {
        bool isEnd = _blockEndsStream;
        lock (Output.Sync)
        {
            Http2ErrorCode? refusal =
                !head.IsComplete || (isEnd && head.ContentLength > 0) ? Http2ErrorCode.ProtocolError
                : _mustCalm || _handlers >= HandlersPerStream * (long)_environment.MaxStreams ? Http2ErrorCode.EnhanceYourCalm
                : _streams.Count >= _environment.MaxStreams || IsDeaf() ? Http2ErrorCode.RefusedStream
                : null;
            if (refusal is { } code)
            {
                Refuse(code, isEnd);
                return;
            }

            Http2Stream stream = new(this, _blockStream, head, Output.InitialWindow) { IsRequestOver = isEnd };
            if (isEnd)
            {
                stream.Request.Append(default, isEnd: true, out _);
            }

            _calmRefusals = 0;
            _streams.Add(stream.Id, stream);
            _handlers++;
            _toStart.Add(stream);
        }
    }

    // Calls that were on their way when the GOAWAY left are served; later the client has not heard it.
    private bool IsDeaf() => _isClosing && IsOver(_closingSince, _environment.Time.GetTimestamp(), Http2Limits.HeadersTimeout);

    private void Refuse(Http2ErrorCode code, bool isEnd)
    {
        CountIdleFrame();
        Output.Add(FrameType.RstStream, _blockStream, (int)code);
        if (!isEnd)
        {
            _ended.Add(_blockStream, null);
        }

        if (code == Http2ErrorCode.EnhanceYourCalm)
        {
            Check(++_calmRefusals <= Http2Limits.CalmRefusals, code, "Calls are reset faster than they can end.");
        }
    }

    /// <summary>The stream that a frame with so many bytes of a body is for; null when it is to be ignored.</summary>
    /// <exception cref="Http2ConnectionException">The client must not send on it.</exception>
    private Http2Stream? Find(int streamId, long count, bool isEnd)
    {
        lock (Output.Sync)
        {
            if (_streams.TryGetValue(streamId, out Http2Stream? stream))
            {
                Check(!stream.IsRequestOver, Http2ErrorCode.StreamClosed, "A frame comes behind the end of its stream.");
                return stream;
            }

            CheckNotIdle(streamId);
            Check(_ended.Contains(streamId), Http2ErrorCode.StreamClosed, "A frame is for a stream that is closed.");
            if (!_ended.TryCount(streamId, count, isEnd))
            {
                Output.Add(FrameType.RstStream, streamId, (int)Http2ErrorCode.ProtocolError);
            }

            if (isEnd)
            {
                _ended.Remove(streamId);
            }

            return null;
        }
    }

    /// <summary>Takes a stream that its client has reset.</summary>
    private Http2Stream? Remove(int streamId)
    {
        lock (Output.Sync)
        {
            _ended.Remove(streamId);
            if (!_streams.Remove(streamId, out Http2Stream? stream))
            {
                return null;
            }

            stream.IsRequestOver = true;
            stream.TryReset();
            OnStreamGone();
            return stream;
        }
    }

    private void EndRequest(Http2Stream stream)
    {
        lock (Output.Sync)
        {
            stream.IsRequestOver = true;
        }
    }

    private void Ignore(Http2Stream stream)
    {
        if (!stream.IsRequestOver)
        {
            _ended.Add(stream.Id, stream.ContentLength - stream.Request.Received);
        }
    }

    private void OnStreamGone()
    {
        if (_streams.Count == 0)
        {
            _idleSince = _environment.Time.GetTimestamp();
            if (_isClosing)
            {
                WakeReader();
            }
        }
    }
}
