// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.IO.Pipelines;
using Cagent.Grpc.Http2.Frames;
using Cagent.Grpc.Http2.Streams;

namespace Cagent.Grpc.Http2;

/// <summary>The reader: the only one who touches what is not guarded by the lock.</summary>
internal sealed partial class Http2Connection
{
    // Streams whose headers came with the bytes in work. They start behind them, so that a small request is whole when its handler looks,
    // and one that is reset with the same bytes never starts.
    private readonly List<Http2Stream> _toStart = [];

    private static ReadOnlySpan<byte> Preface => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;

    /// <summary>Reads the client's first bytes (section 3.4). False when they are another protocol's: it gets no answer in ours.</summary>
    private async ValueTask<bool> ReadPrefaceAsync()
    {
        while (true)
        {
            ReadResult result = await _input.ReadAsync(CancellationToken.None).ConfigureAwait(false);
            ReadOnlySequence<byte> buffer = result.Buffer;
            int length = (int)Math.Min(buffer.Length, Preface.Length);
            bool isWrong = !IsPreface(buffer.Slice(0, length));
            bool isWhole = length == Preface.Length;
            _input.AdvanceTo(isWhole ? buffer.GetPosition(length) : buffer.Start, isWhole ? buffer.GetPosition(length) : buffer.End);
            if (isWrong || isWhole || result.IsCompleted || IsToEnd())
            {
                return isWhole && !isWrong;
            }
        }
    }

    private static bool IsPreface(in ReadOnlySequence<byte> bytes)
    {
        Span<byte> copy = stackalloc byte[32];
        bytes.CopyTo(copy);
        return Preface.StartsWith(copy[..(int)bytes.Length]);
    }

    private async ValueTask ReadFramesAsync()
    {
        while (true)
        {
            ReadResult result = await _input.ReadAsync(CancellationToken.None).ConfigureAwait(false);
            if (!result.Buffer.IsEmpty)
            {
                Volatile.Write(ref _lastReceived, _environment.Time.GetTimestamp());
            }

            ReadOnlySequence<byte> buffer = result.Buffer;
            try
            {
                while (FrameParser.TryRead(ref buffer, out ReceivedFrame frame))
                {
                    OnFrame(frame);
                }
            }
            finally
            {
                _input.AdvanceTo(buffer.Start, buffer.End);
                StartStreams();
            }

            Output.Flush();
            if (result.IsCompleted || IsToEnd())
            {
                _isLost = result.IsCompleted;
                return;
            }

            // Who does not read our answers is not read any more.
            await Output.WhenReadableAsync().ConfigureAwait(false);
        }
    }

    private void StartStreams()
    {
        foreach (Http2Stream stream in _toStart)
        {
            if (stream.IsReset)
            {
                stream.Abandon();
                continue;
            }

            stream.SetReady();
            ThreadPool.UnsafeQueueUserWorkItem(stream, preferLocal: false);
        }

        _toStart.Clear();
    }
}
