// SPDX-License-Identifier: Apache-2.0
using Cagent.Grpc.Http2;
using Cagent.Grpc.Http2.Hpack;
using Cagent.Grpc.Http2.Streams;
using Http2ErrorCode = Cagent.Grpc.Http2.Http2ErrorCode;

namespace Cagent.Grpc.Tests.Fuzz;

/// <summary>The HPACK decoder against an encoder that uses everything, and against noise.</summary>
public class HpackFuzzTests
{
    private const int RoundTrips = 5_000;
    private const int Noise = 30_000;
    private const int MostFields = 12;

    private static readonly string[] s_names = [":method", ":path", "te", "content-type", "cookie", "grpc-timeout", "x-a", "x-b", "x-long-name-that-nobody-has"];
    private static readonly string[] s_values = ["", "GET", "POST", "/", "trailers", "application/grpc", "a", "\u0001", "\u00ff\u0080", "{|}~<>", new string('v', 300), new string('w', 4100)];

    [Fact]
    public void Decode_WhatAnEncoderMayWrite_IsWhatItMeant() => Fuzzing.Run(
        RoundTrips,
        random => random.Next(),
        _ => [],
        seed =>
        {
            CaseRandom random = new((int)seed);
            ReferenceHpack encoder = new(random);
            HpackDecoder decoder = new();
            for (int blocks = random.Next(6); blocks >= 0; blocks--)
            {
                (string Name, string Value)[] fields = [.. Enumerable.Range(0, random.Next(MostFields)).Select(_ => (random.Pick(s_names), Value(random)))];
                FieldList decoded = new();

                decoder.Decode(encoder.Encode(fields), decoded);

                Assert.Equal(fields, decoded.Fields.Select(field => (field.Name, field.Value)));
            }
        });

    [Fact]
    public void Decode_AnyBytes_EndsWithinItsBounds() => Fuzzing.Run(
        Noise,
        random =>
        {
            byte[] bytes = random.OneIn(2) ? new ReferenceHpack(random).Encode([(random.Pick(s_names), Value(random)), ("x-a", Value(random))]) : random.Bytes(random.Next(64));
            for (int flips = random.Next(4); flips > 0 && bytes.Length > 0; flips--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next();
            }

            return bytes;
        },
        bytes => bytes.Length > 0 ? [bytes[1..], bytes[..^1]] : [],
        bytes => Fuzzing.Within(4 * Http2Limits.HeaderListSize, () =>
        {
            try
            {
                new HpackDecoder().Decode(bytes, new RequestHead(isTrailers: false));
            }
            catch (Http2ConnectionException e)
            {
                Assert.True(e.Code is Http2ErrorCode.CompressionError or Http2ErrorCode.ProtocolError);
            }
        }));

    private static string Value(CaseRandom random) =>
        random.OneIn(2) ? random.Pick(s_values) : string.Concat(random.Bytes(random.Next(40)).Select(b => (char)b));
}
