// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;

namespace Cagent.TestKit.Http2;

/// <summary>Cuts frames out of the bytes of one direction, however they are split. Judges nothing. Not thread safe.</summary>
/// <param name="skip">Bytes before the first frame: the length of the preface on the client's side.</param>
public sealed class Http2FrameParser(int skip = 0)
{
    private readonly List<byte> _rest = [];
    private int _skip = skip;

    /// <summary>Takes more bytes and gives the frames that they complete.</summary>
    public IReadOnlyList<Http2Frame> Feed(ReadOnlySpan<byte> bytes)
    {
        int skipped = Math.Min(_skip, bytes.Length);
        _skip -= skipped;
        _rest.AddRange(bytes[skipped..]);
        List<Http2Frame> frames = [];
        int used = 0;
        while (_rest.Count - used >= Http2Frame.HeaderSize)
        {
            byte[] header = [.. _rest.GetRange(used, Http2Frame.HeaderSize)];
            int length = BinaryPrimitives.ReadInt32BigEndian(header) >>> 8;
            if (_rest.Count - used - Http2Frame.HeaderSize < length)
            {
                break;
            }

            int streamId = BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(5)) & int.MaxValue;
            byte[] payload = [.. _rest.GetRange(used + Http2Frame.HeaderSize, length)];
            frames.Add(new Http2Frame((Http2FrameType)header[3], header[4], streamId, payload));
            used += Http2Frame.HeaderSize + length;
        }

        _rest.RemoveRange(0, used);
        return frames;
    }
}
