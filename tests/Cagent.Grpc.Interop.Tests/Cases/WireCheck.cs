// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using Cagent.TestKit.Http2;

namespace Cagent.Grpc.Interop.Tests.Cases;

/// <summary>What no peer can tell: which messages travelled compressed, and whether pings did.</summary>
internal static class WireCheck
{
    private const int MessageHeader = 5;

    /// <summary>Fails when the frames of a case are not what the case is about. Cases about something else pass.</summary>
    /// <param name="name">The case.</param>
    /// <param name="tap">What it sent and received.</param>
    /// <param name="hasProbe">Whether the client first tries whether the server looks at the compression of requests.</param>
    public static void Verify(string name, Http2Tap tap, bool hasProbe)
    {
        bool[] probe = hasProbe ? [false] : [];
        switch (name)
        {
            case InteropCase.ClientCompressedUnary or InteropCase.ClientCompressedStreaming:
                Assert.Equal([.. probe, true, false], Compressed(tap.FromClient));
                break;
            case InteropCase.ServerCompressedUnary or InteropCase.ServerCompressedStreaming:
                Assert.Equal([true, false], Compressed(tap.FromServer));
                break;
            case InteropCase.KeepAlive:
                Assert.Contains(tap.FromClient, frame => frame.Type == Http2FrameType.Ping && !frame.Has(Http2Flag.Ack));
                Assert.Contains(tap.FromServer, frame => frame.Type == Http2FrameType.Ping && frame.Has(Http2Flag.Ack));
                break;
        }
    }

    /// <summary>Fails when the client ended its requests in good order: a server would take a cut message stream for a whole one.</summary>
    public static void VerifyCut(Http2Tap tap) =>
        Assert.DoesNotContain(tap.FromClient, frame => frame.Type is Http2FrameType.Data or Http2FrameType.Headers && frame.Has(Http2Flag.EndStream));

    // Whether each message was compressed, in the order of arrival. A case runs one call after the other, on several connections
    // with equal stream numbers, so a stream ends where its END_STREAM says so.
    private static List<bool> Compressed(IReadOnlyList<Http2Frame> frames)
    {
        List<bool> found = [];
        foreach (List<byte> body in Bodies(frames))
        {
            for (int at = 0; at + MessageHeader <= body.Count; at += MessageHeader + BinaryPrimitives.ReadInt32BigEndian([.. body.GetRange(at + 1, 4)]))
            {
                found.Add(body[at] == 1);
            }
        }

        return found;
    }

    private static IEnumerable<List<byte>> Bodies(IReadOnlyList<Http2Frame> frames)
    {
        List<byte> body = [];
        int streamId = 0;
        foreach (Http2Frame frame in frames.Where(frame => frame.Type == Http2FrameType.Headers || frame.Type == Http2FrameType.Data))
        {
            // A client's stream begins with HEADERS; a server's trailers are HEADERS too and follow the body.
            if (frame.Type == Http2FrameType.Headers || frame.StreamId != streamId)
            {
                yield return body;
                body = [];
                streamId = frame.StreamId;
            }

            if (frame.Type == Http2FrameType.Data)
            {
                Assert.False(frame.Has(Http2Flag.Padded), "Nobody here pads.");
                body.AddRange(frame.Payload.Span);
            }
        }

        yield return body;
    }
}
